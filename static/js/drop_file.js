// Files dropped anywhere on the page, or pasted outside a field, are sent by the form marked data-drop. Without this
// script the same form is there to choose a file in.
(() => {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const veil = document.createElement("div");
  veil.className = "drop-veil";
  veil.textContent = "Drop it: you see what it holds before anything is saved.";
  let depth = 0;

  const carries = (event) => Boolean(event.dataTransfer) && [...event.dataTransfer.types].includes("Files");

  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  const cover = (on) => {
    if (on) document.body.append(veil);
    else veil.remove();
  };

  const send = (files, text) => {
    const [input, area] = [form.querySelector('input[name="file"]'), form.querySelector('textarea[name="text"]')];
    if (files.length) input.files = files;
    else area.value = text;
    say(files.length ? `Reading ${files[0].name}` : "Reading what you pasted");
    form.requestSubmit();
  };

  document.addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth += 1;
    cover(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!carries(event)) return;
    depth -= 1;
    if (depth <= 0) cover(false);
  });
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    depth = 0;
    cover(false);
    if (!carries(event) || !event.dataTransfer.files.length) return;
    event.preventDefault();
    send(event.dataTransfer.files, "");
  });
  document.addEventListener("paste", (event) => {
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const held = event.clipboardData;
    const text = held ? held.getData("text/plain") : "";
    if (!held || (!held.files.length && !text.trim())) return;
    event.preventDefault();
    send(held.files, text);
  });
})();
