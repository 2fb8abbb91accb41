"use strict";

// Filters the questions and opens the one that the address names. Without it all are shown.
(() => {
  const rows = [...document.querySelectorAll("#rows .row")];
  const filters = document.getElementById("filters");
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const openAll = document.getElementById("open");
  const selects = [...filters.querySelectorAll("select")];
  const changed = document.getElementById("changed");
  const texts = new Map();

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, folded(row.textContent));
    return texts.get(row);
  };

  const chosenOutcome = () => filters.querySelector("[name=outcome]:checked")?.value ?? "";

  const isWanted = (row, outcome, terms) =>
    (!outcome || row.dataset.outcome === outcome) &&
    selects.every((select) => !select.value || row.dataset[select.id] === select.value) &&
    (!changed || !changed.checked || row.dataset.changed) &&
    terms.every((term) => textOf(row).includes(term));

  const isShown = (row) => !row.parentElement.hidden;

  const apply = () => {
    const outcome = chosenOutcome();
    const terms = folded(words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const wanted = isWanted(row, outcome, terms);
      row.parentElement.hidden = !wanted;
      if (wanted) shown += 1;
    }
    const all = shown === rows.length;
    const total = rows.length.toLocaleString("en");
    count.textContent = all ? `All ${total} shown` : `${shown.toLocaleString("en")} of ${total} shown`;
    document.getElementById("clear").hidden = all;
    nameOpenButton();
  };

  const nameOpenButton = () => {
    const shown = rows.filter(isShown);
    const open = shown.length > 0 && shown.every((row) => row.open);
    openAll.hidden = !shown.length;
    openAll.textContent = open ? "Close those shown" : "Open those shown";
  };

  const choose = ({ outcome = "", lost = "" }) => {
    const radios = [...filters.querySelectorAll("[name=outcome]")];
    for (const radio of radios) radio.checked = radio.value === outcome;
    for (const select of selects) select.value = select.id === "lost" ? lost : "";
    if (changed) changed.checked = false;
    words.value = "";
    apply();
  };

  // The question that the address names, which may be one that a filter hides.
  const reveal = (hash) => {
    let name = hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // no percent-encoding: taken as it stands
    }
    const row = name.startsWith("q-") && document.getElementById(name)?.closest(".row");
    if (!row) return;
    if (!isShown(row)) choose({});
    row.open = true;
    for (const other of document.querySelectorAll(".row.named")) other.classList.remove("named");
    row.classList.add("named");
    const summary = row.querySelector("summary");
    summary.focus({ preventScroll: true });
    row.scrollIntoView({ block: "start" });
  };

  filters.hidden = false;
  filters.addEventListener("change", apply);
  words.addEventListener("input", apply);
  document.getElementById("clear").addEventListener("click", () => choose({}));
  openAll.addEventListener("click", () => {
    const shown = rows.filter(isShown);
    const open = !shown.every((row) => row.open);
    for (const row of shown) row.open = open;
    nameOpenButton();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    if (link.dataset.outcome || link.dataset.lost) choose(link.dataset);
    else if (link.hash === location.hash) reveal(link.hash);
  });
  window.addEventListener("hashchange", () => reveal(location.hash));
  // Not before: a browser takes the focus away when it scrolls to what the address names.
  window.addEventListener("load", () => reveal(location.hash));
  apply();
})();
