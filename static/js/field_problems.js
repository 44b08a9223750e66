// Problems that a check found are shown beside their fields as well; what the person types stays untouched.
(() => {
  const slots = () => document.querySelectorAll(".field-faults");

  const control = (slot) => document.getElementById(slot.id.slice(0, -"-faults".length));

  const mark = (field, found) => {
    if (!field) return;
    if (found) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };

  const show = (list) => {
    const found = new Map();
    list.querySelectorAll("[data-field]").forEach((row) => {
      const rows = found.get(row.dataset.field) || [];
      found.set(row.dataset.field, [...rows, row.querySelector(".field-fault").cloneNode(true)]);
    });
    slots().forEach((slot) => {
      const field = control(slot);
      const rows = (field && found.get(field.id)) || [];
      slot.replaceChildren(...rows);
      mark(field, rows.some((row) => row.dataset.severity === "error"));
    });
  };

  const say = (list) => {
    const errors = list.querySelectorAll('.edit-problem[data-severity="error"]').length;
    const words = errors ? `${errors} error${errors === 1 ? "" : "s"} in the draft` : "No errors in the draft";
    if (list.dataset.said !== words) document.dispatchEvent(new CustomEvent("say", { detail: words }));
    list.dataset.said = words;
  };

  // A link to a field opens what is folded around it and goes to the control itself.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#f"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    if (field.matches("input, select, textarea")) {
      event.preventDefault();
      field.focus();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "problems") return;
    show(event.target);
    say(event.target);
  });
})();
