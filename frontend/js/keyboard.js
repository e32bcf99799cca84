// "/" goes to search, "?" opens the list of keys, unless the person is typing.
const TYPING = "input, select, textarea, [contenteditable]";

export function startKeyboard() {
  const help = document.getElementById("keyboard-help");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-search]")?.focus();
    } else if (event.key === "?" && help) {
      help.showModal();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-help]")) help?.showModal();
    if (event.target.closest("[data-copy]")) copy(event.target.closest("[data-copy]"));
  });
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  button.textContent = button.dataset.copied;
}
