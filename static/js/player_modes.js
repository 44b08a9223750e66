// Ways to look at two videos: side, wipe, blend, difference, flip. Neither video is reloaded, so nothing goes black
// and the position stays. The mode is kept in the address.
(() => {
  document.querySelectorAll("[data-player]").forEach((player) => {
    const stage = player.querySelector("[data-player-stage]");
    const split = player.querySelector("[data-player-split]");
    const modes = [...player.querySelectorAll("[data-player-mode]")];
    if (!stage || !modes.length) return;

    const choose = (mode, keep) => {
      stage.dataset.mode = mode;
      stage.dataset.shown = "right";
      modes.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.playerMode === mode)));
      if (split) split.parentElement.hidden = mode !== "wipe" && mode !== "blend";
      if (!keep) return;
      const address = new URL(location.href);
      address.searchParams.set("mode", mode);
      history.replaceState(history.state, "", address);
    };
    modes.forEach((each) =>
      each.addEventListener("click", () => {
        const again = each.dataset.playerMode === "flip" && stage.dataset.mode === "flip";
        if (again) stage.dataset.shown = stage.dataset.shown === "left" ? "right" : "left";
        else choose(each.dataset.playerMode, true);
      }),
    );
    if (split) {
      split.addEventListener("input", () => stage.style.setProperty("--split", `${split.value}%`));
    }
    stage.addEventListener("pointermove", (event) => {
      if (stage.dataset.mode !== "wipe" || event.pointerType !== "mouse") return;
      const box = stage.querySelector("[data-player-side]").getBoundingClientRect();
      const share = Math.max(0, Math.min(100, (100 * (event.clientX - box.left)) / box.width));
      stage.style.setProperty("--split", `${share}%`);
      if (split) split.value = share;
    });
    const asked = new URL(location.href).searchParams.get("mode");
    choose(modes.some((each) => each.dataset.playerMode === asked) ? asked : "side", false);
  });
})();
