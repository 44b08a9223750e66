// A digest is copied whole by a click, Enter or Space, and the page says so.
(() => {
  const reach = (root) =>
    root.querySelectorAll("[data-copy]:not([role])").forEach((digest) => {
      digest.setAttribute("role", "button");
      digest.tabIndex = 0;
    });

  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  async function copy(digest) {
    try {
      await navigator.clipboard.writeText(digest.dataset.copy);
      digest.dataset.copied = "";
      setTimeout(() => delete digest.dataset.copied, 900);
      say(`Copied ${digest.dataset.copy.slice(0, 12)}`);
    } catch {
      say("The browser did not allow copying; the whole value is in the tooltip.");
    }
  }

  document.addEventListener("click", (event) => {
    const digest = event.target.closest("[data-copy]");
    if (!digest) return;
    event.preventDefault();
    copy(digest);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.matches("[data-copy]")) return;
    event.preventDefault();
    copy(event.target);
  });
  document.addEventListener("htmx:afterSwap", (event) => reach(event.target));
  reach(document);
})();
