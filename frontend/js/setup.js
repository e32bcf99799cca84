// Set-up form: changing the label, the kind of problem or the budget shows only what belongs to the choice.
export function startSetup(root) {
  for (const select of root.querySelectorAll("[data-submit-on-change]:not([data-started])")) {
    select.dataset.started = "1";
    select.addEventListener("change", () => select.form.requestSubmit(select.form.querySelector(`[name="${select.dataset.submitOnChange}"]`)));
  }
  for (const group of root.querySelectorAll("[data-reveals]:not([data-started])")) {
    group.dataset.started = "1";
    const show = () => {
      const chosen = group.querySelector("input:checked")?.value;
      for (const part of document.querySelectorAll(`[data-revealed-by="${group.dataset.reveals}"]`)) part.hidden = part.dataset.when !== chosen;
    };
    group.addEventListener("change", show);
    show();
  }
}
