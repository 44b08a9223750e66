// The right video is held to the left one: more than half a frame apart is mended at once, and if it cannot be, the
// page says "out of sync" instead of showing two moments as one.
(() => {
  document.querySelectorAll("[data-player]").forEach((player) => {
    const [lead, follower] = player.querySelectorAll("video");
    if (!lead || !follower) return;
    const half = 0.5 / (Number(player.dataset.fps) || 24);
    const lost = player.querySelector("[data-player-lost]");
    let apart = 0;

    const watch = () => {
      const reach = Math.min(lead.currentTime, follower.duration || lead.currentTime);
      const gap = Math.abs(follower.currentTime - reach);
      apart = gap > half ? apart + 1 : 0;
      if (apart > 2 && !follower.seeking) follower.currentTime = reach;
      if (lost) lost.hidden = apart < 30;
      if (!lead.paused) requestAnimationFrame(watch);
    };
    lead.addEventListener("play", () => requestAnimationFrame(watch));
    lead.addEventListener("pause", () => {
      follower.pause();
      follower.currentTime = Math.min(lead.currentTime, follower.duration || lead.currentTime);
      apart = 0;
      if (lost) lost.hidden = true;
    });
    lead.addEventListener("ended", () => follower.pause());
    follower.addEventListener("waiting", () => lost && !lead.paused && (lost.hidden = false));
    follower.addEventListener("playing", () => lost && (lost.hidden = true));
  });
})();
