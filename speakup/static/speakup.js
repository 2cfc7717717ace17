// Everything here is a comfort: each page does its work without it.

const leaveLink = document.querySelector("[data-leave]");
const SHIFTS_TO_LEAVE = 3;
const SHIFTS_WITHIN_MS = 5000;

// Reaches the other tabs of this site in this browser, and stores nothing anywhere.
const tabs = leaveLink && "BroadcastChannel" in window ? new BroadcastChannel("leave") : null;

// Words go first, so that nothing typed stands on the screen or in this page's memory while the next page loads.
function empty() {
  document.body.hidden = true;
  document.title = "";
  for (const form of document.forms) {
    for (const control of form.elements) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = false;
      else if (control.type !== "hidden" && control.type !== "submit") control.value = "";
    }
  }
  location.replace(leaveLink.href);
}

// The other tabs go first: whoever leaves in a hurry sees only this one.
function leave() {
  if (tabs) tabs.postMessage("leave");
  empty();
}

function leaveOnThirdShift() {
  let presses = [];
  const forget = () => { presses = []; };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") return forget();
    if (event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < SHIFTS_WITHIN_MS), event.timeStamp];
    if (presses.length >= SHIFTS_TO_LEAVE) leave();
  });
  document.addEventListener("pointerdown", forget);
}

// A page that the browser kept alive for the Back button still holds typed words, even after leaving by another page.
// The server is asked instead, without posting anything again.
function neverComeBack() {
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.body.hidden = true;
    location.replace(location.pathname + location.search);
  });
}

// Said only where it is true: a text browser shows even what is marked hidden.
function sayTheKeys(note) {
  const keys = document.createElement("span");
  keys.className = "app-leave__keys";
  keys.textContent = note.dataset.keys;
  note.append(" ", keys);
}

function prepareLeaving() {
  if (!leaveLink) return;
  leaveLink.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  sayTheKeys(document.querySelector("[data-keys]"));
  leaveOnThirdShift();
  if (tabs) tabs.onmessage = empty;
  neverComeBack();
}

// An address with a fragment already says where to go.
function focusWhereReadingStarts() {
  const start = document.querySelector(".nhsuk-error-summary[data-focus]") || document.querySelector("[data-focus]");
  if (start && !location.hash) start.focus();
}

// Counts what the server counts: characters, a line break as one.
function countCharacters(group) {
  const box = group.querySelector("textarea");
  const message = group.querySelector(".nhsuk-character-count__message");
  const spoken = document.createElement("div");
  spoken.className = "nhsuk-u-visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  message.after(spoken);
  let pause;
  const show = () => {
    const left = Number(group.dataset.count) - [...box.value].length;
    message.textContent = `${left < 0 ? group.dataset.over : group.dataset.left} ${Math.abs(left).toLocaleString()}`;
    message.classList.toggle("app-count-over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = message.textContent; }, 1000);
  };
  box.addEventListener("input", show);
  if (box.value) show();
}

// To drop a card on a column is to press the card's own button for it, which is there without scripts too.
function prepareBoard(board) {
  const said = board.querySelector("[data-said]");
  const columns = [...board.querySelectorAll("[data-state]")];
  let held = null;
  const way = (column) => held && held.querySelector(`[data-to="${column.dataset.state}"]`);
  const show = () => columns.forEach((each) => each.classList.toggle("app-board__column--open", Boolean(way(each))));
  for (const card of board.querySelectorAll("[data-card]")) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      held = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.card);
      said.textContent = `${board.dataset.held} ${card.dataset.card}`;
      show();
    });
    card.addEventListener("dragend", (event) => {
      if (event.dataTransfer.dropEffect === "none") said.textContent = board.dataset.nowhere;
      held = null;
      show();
    });
  }
  for (const column of columns) {
    column.addEventListener("dragover", (event) => { if (way(column)) event.preventDefault(); });
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      if (way(column)) way(column).click();
    });
  }
}

// A card that was moved is where reading goes on.
function focusWhatTheAddressNames() {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named && named.tabIndex === -1) named.focus();
}

prepareLeaving();
focusWhereReadingStarts();
focusWhatTheAddressNames();
document.querySelectorAll("[data-board]").forEach(prepareBoard);
document.querySelectorAll("[data-count]").forEach(countCharacters);
