// Frame by frame: step buttons, frames named elsewhere on the page (data-frame-link), and the frame in the address.
(() => {
  document.querySelectorAll("[data-player]").forEach((player) => {
    const last = Number(player.dataset.frames || 1) - 1;
    const go = (frame) =>
      player.dispatchEvent(new CustomEvent("player:seek", { detail: Math.max(0, Math.min(last, frame)) }));
    const now = () => Number(player.dataset.frame || 0);

    player.querySelectorAll("[data-player-step]").forEach((button) =>
      button.addEventListener("click", () => {
        go(now() + Number(button.dataset.playerStep));
      }),
    );
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-frame-link]");
      if (!link || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      go(Number(link.dataset.frameLink));
      player.scrollIntoView({ block: "nearest" });
      const address = new URL(location.href);
      address.searchParams.set("frame", link.dataset.frameLink);
      history.replaceState(history.state, "", address);
    });
    const asked = new URL(location.href).searchParams.get("frame");
    const lead = player.querySelector("video");
    if (!lead || asked === null || !/^\d+$/.test(asked)) return;
    if (lead.readyState > 0) go(Number(asked));
    else lead.addEventListener("loadedmetadata", () => go(Number(asked)), { once: true });
  });
})();
