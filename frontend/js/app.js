import { startCharts } from "./charts.js";
import { startCutoff } from "./cutoff.js";
import { startKeyboard } from "./keyboard.js";
import { startMenus } from "./menus.js";
import { startSetup } from "./setup.js";
import { startTables } from "./tables.js";
import { startTheme } from "./theme.js";
import { startUploads } from "./upload.js";

startTheme();
startMenus();
startKeyboard();
startTables();

// Parts that htmx swaps in are started like those of the first page; each start skips what it has started before.
function startParts(root) {
  startUploads(root);
  startSetup(root);
  startCharts(root);
  startCutoff(root);
}
startParts(document);
document.addEventListener("htmx:after:swap", () => startParts(document));
