// The choice lives in a cookie, so the server writes the right theme into the first byte and nothing flashes.
const YEAR = 31536000;

function show(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
  document.dispatchEvent(new CustomEvent("themechange"));
}

export function startTheme() {
  show(document.documentElement.dataset.theme || "system");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    document.cookie = `theme=${button.dataset.themeChoice};path=/;max-age=${YEAR};samesite=lax`;
    show(button.dataset.themeChoice);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));
}
