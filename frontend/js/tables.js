// Arrow keys walk the rows of a <table data-rows>: the row's first link or control takes the focus, Home and End jump.
const TARGET = "a[href], button, input, select, summary";

function rowsOf(table) {
  return [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.querySelector(TARGET));
}

export function startTables() {
  document.addEventListener("keydown", (event) => {
    const table = event.target.closest("table[data-rows]");
    if (!table || event.target.matches("select, input[type=text], input[type=number], input[type=radio]")) return;
    const rows = rowsOf(table);
    const at = rows.indexOf(event.target.closest("tr"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    rows[to].querySelector(TARGET).focus();
  });
}
