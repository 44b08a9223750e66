// One side is heard at a time: left, right or none. Nothing is heard until a person asks.
(() => {
  document.querySelectorAll("[data-player]").forEach((player) => {
    const videos = [...player.querySelectorAll("video")];
    const buttons = [...player.querySelectorAll("[data-player-sound]")];

    const hear = (name) => {
      videos.forEach((video) => (video.muted = video.dataset.side !== name));
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.playerSound === name)));
    };
    buttons.forEach((each) => each.addEventListener("click", () => hear(each.dataset.playerSound)));
    hear("none");
  });
})();
