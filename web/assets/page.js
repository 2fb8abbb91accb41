// What the page does by itself: reports which quote or question was picked, keeps the newest turn
// and the quoted sentence in view, and opens and closes the source on narrow screens.
(() => {
  "use strict";
  const narrow = window.matchMedia("(max-width: 899px)");
  let opener = null;

  // Called by the page's Gradio components (web/chat.py) for every click inside them.
  window.onrecordPicked = (event) => {
    if (event.target.closest("a")) return null;
    const close = event.target.closest("button.close");
    if (close) return closeSource();
    const asking = event.target.closest("[data-ask]");
    if (asking) return ask(asking);
    const dropped = event.target.closest("[data-drop]");
    if (dropped) return { turn: Number(dropped.dataset.turn), drop: dropped.dataset.drop };
    const cited = event.target.closest("[data-cite]");
    const selecting = String(window.getSelection()) && !event.target.closest("button");
    if (!cited || selecting) return null;
    select(cited);
    return { turn: Number(cited.dataset.turn), cite: Number(cited.dataset.cite) };
  };

  // The button goes with the answer; whoever types on is where they want to be.
  function ask(asking) {
    if (!narrow.matches) document.querySelector("#question textarea")?.focus();
    return { ask: asking.dataset.ask };
  }

  function select(cited) {
    const { turn, cite } = cited.dataset;
    markSelected(turn, cite);
    if (!narrow.matches || cited.closest("#source")) return;
    opener = cited;
    document.body.classList.add("reading");
  }

  function markSelected(turn, cite) {
    for (const item of document.querySelectorAll("#talk .cited")) {
      const same = item.dataset.turn === turn && item.dataset.cite === cite;
      item.classList.toggle("selected", same);
    }
  }

  function closeSource() {
    document.body.classList.remove("reading");
    opener?.focus?.();
    opener = null;
    return null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("reading")) closeSource();
  });

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Puts `element` a little below the top of the scrolling `box`, without moving the page itself.
  function bring(box, element, margin) {
    const top = element.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTo({ top: box.scrollTop + top - margin, behavior: calm() ? "auto" : "smooth" });
  }

  function turnsChanged() {
    const turns = document.querySelectorAll("#left .turn");
    const last = turns[turns.length - 1];
    const box = document.getElementById("record");
    if (last && box) bring(box, last, 12);
    const first = last?.querySelector(".answered .cited");
    if (first) markSelected(first.dataset.turn, first.dataset.cite);
    if (last) announce(last);
  }

  // One polite live region outside what is redrawn, so that each turn is read once.
  function announce(turn) {
    const said = turn.querySelector(".step, .short, .says, .hint, .chip, blockquote");
    const region = document.getElementById("announcer");
    if (said && region.textContent !== said.textContent) region.textContent = said.textContent;
  }

  function newAnnouncer() {
    const region = document.createElement("div");
    region.id = "announcer";
    region.className = "unseen";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    document.body.append(region);
    return region;
  }

  function sourceChanged() {
    const reader = document.querySelector("#source .reader");
    const mark = reader?.querySelector("mark.selected");
    if (mark) bring(reader, mark, reader.clientHeight / 3);
    if (document.body.classList.contains("reading")) reader?.focus();
  }

  function watch(id, changed) {
    const element = document.getElementById(id);
    if (!element) return false;
    new MutationObserver(changed).observe(element, { childList: true, subtree: true });
    return true;
  }

  // Gradio draws its components some time after this script has run.
  const waiting = window.setInterval(() => {
    if (!document.getElementById("source") || !document.getElementById("now")) return;
    window.clearInterval(waiting);
    newAnnouncer();
    watch("talk", turnsChanged);
    watch("now", turnsChanged);
    watch("source", sourceChanged);
  }, 100);
})();
