// One transport for both videos: play, pause, seek. The left video leads, the right one is told.
(() => {
  document.querySelectorAll("[data-player]").forEach((player) => {
    const videos = [...player.querySelectorAll("video")];
    const [lead] = videos;
    if (!lead) return;
    const find = (name) => player.querySelector(`[data-player-${name}]`);
    const fps = Number(player.dataset.fps) || 24;
    const seek = find("seek");

    videos.forEach((video) => (video.controls = false));
    player.querySelectorAll("[data-needs-player]").forEach((each) => (each.hidden = false));

    const toggle = () => {
      const starting = lead.paused;
      videos.forEach((video) => (starting ? video.play().catch(() => {}) : video.pause()));
    };
    const show = () => {
      const playing = !lead.paused;
      find("play").setAttribute("aria-label", playing ? "Pause" : "Play");
      find("play-mark").hidden = playing;
      find("pause-mark").hidden = !playing;
    };
    const place = () => {
      const frame = Math.min(Math.floor(lead.currentTime * fps + 0.001), Number(seek.max));
      if (document.activeElement !== seek || !lead.paused) seek.value = frame;
      const start = frame / fps;
      const minutes = String(Math.floor(start / 60)).padStart(2, "0");
      const seconds = (start % 60).toFixed(3).padStart(6, "0");
      find("time").textContent = `${minutes}:${seconds}  frame ${frame}`;
      player.dataset.frame = frame;
    };
    player.addEventListener("player:seek", (event) => {
      const time = Math.max(0, (event.detail + 0.5) / fps);
      videos.forEach((video) => {
        video.pause();
        video.currentTime = Math.min(time, video.duration || time);
      });
    });
    find("play").addEventListener("click", toggle);
    videos.forEach((video) => video.addEventListener("click", toggle));
    seek.addEventListener("input", () =>
      player.dispatchEvent(new CustomEvent("player:seek", { detail: Number(seek.value) })),
    );
    ["play", "pause", "ended"].forEach((name) => lead.addEventListener(name, show));
    ["timeupdate", "seeked", "loadedmetadata"].forEach((name) => lead.addEventListener(name, place));
  });
})();
