// What the chat page does by itself: reports which quote, question or conversation was picked, keeps
// the newest turn and the quoted sentence in view, and opens and closes the source and the list of
// conversations where there is no room for them beside the answers.
(() => {
  "use strict";
  const narrow = window.matchMedia("(max-width: 899px)");
  let opener = null;
  let sought = "";
  let limiting = "";
  let picking = false;
  let placed = "";
  let newest = "";
  // A page that is loaded again, or come back to, goes on with the conversation that was open, where it
  // was left, and with the sentence that was linked: "#ID", "#at=PLACE", "#ID&at=PLACE".
  const AT = /(?:^|&)at=(.*)$/;
  let linked = location.hash.slice(1).match(AT)?.[1] ?? "";
  let wanted = location.hash.slice(1).replace(AT, "");
  let left = JSON.parse(stored("onrecord:left") || "null");

  function stored(name) {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null; // blocked in some frames
    }
  }

  function store(name, value) {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // as if there were none
    }
  }

  window.addEventListener("pagehide", () => {
    const open = document.querySelector("#shelf [aria-current]")?.dataset.open;
    const top = document.getElementById("record")?.scrollTop;
    store("onrecord:left", JSON.stringify({ open, top }));
  });

  // Words of ours, in the language of the page.
  const words = () => document.getElementById("words").dataset;

  // Called by the page's Gradio components (web/page/components.py) for what happens inside them; returns
  // the name of Gradio's event that this stands for, and what was picked.
  window.onrecordPicked = (kind, event) => {
    if (kind === "change") return limit(event.target);
    if (kind === "submit") return judged(event);
    const picked = clicked(event);
    if (picked && busy()) picked.busy = true;
    return picked && [asks(picked) ? "submit" : "select", picked];
  };

  const asks = (picked) => ["ask", "drop", "everything"].some((name) => name in picked);

  // Whether an answer is on its way; it brings the whole page up to date.
  const busy = () => document.querySelector("#now .working") !== null;

  function clicked(event) {
    if (event.target.closest("[data-back]")) return { back: true };
    if (event.target.closest("a, dialog")) return null;
    const close = event.target.closest("button.close");
    if (close) return closeSource();
    const taken = event.target.closest("[data-copy], [data-link]");
    if (taken) return copy(taken);
    const verdict = event.target.closest("[data-judge]");
    if (verdict) return reason(verdict);
    const linked = event.target.closest("[data-at]");
    if (linked) return open(linked);
    const limited = event.target.closest("button[data-limit]");
    if (limited) return { limit: limited.dataset.limit, value: "" };
    const kept = event.target.closest("[data-open], [data-rename], [data-delete]");
    if (kept) return manage(kept.dataset);
    const asking = event.target.closest("[data-ask]");
    if (asking) return ask(asking);
    const dropped = event.target.closest("[data-drop]");
    if (dropped) return { turn: Number(dropped.dataset.turn), drop: dropped.dataset.drop };
    const widened = event.target.closest("[data-everything]");
    if (widened) return { turn: Number(widened.dataset.turn), everything: widened.dataset.everything };
    const cited = event.target.closest("[data-cite]");
    const selecting = String(window.getSelection()) && !event.target.closest("button");
    if (!cited || selecting) return null;
    select(cited);
    return { turn: Number(cited.dataset.turn), cite: Number(cited.dataset.cite) };
  }

  function open(linked) {
    uncover(linked);
    return { at: linked.dataset.at };
  }

  // A judgement may carry a reason: the buttons open the field for it, which sends both.
  function reason(button) {
    const group = button.closest(".judge");
    const form = group.querySelector("form");
    for (const each of group.querySelectorAll("[data-judge]")) {
      each.setAttribute("aria-expanded", String(each === button));
    }
    form.dataset.verdict = button.dataset.judge;
    form.hidden = false;
    form.elements.why.focus();
    return null;
  }

  function judged(event) {
    const form = event.target.closest(".judge form");
    if (!form) return null;
    event.preventDefault();
    const { turn, verdict } = form.dataset;
    const group = form.closest(".judge");
    const why = form.elements.why.value;
    group.textContent = words().noted;
    say(words().noted);
    document.querySelector("#question textarea")?.focus({ preventScroll: true });
    return ["like", { judge: verdict, turn: Number(turn), why }];
  }

  function copy(button) {
    const { copy: quoted, link } = button.dataset;
    const base = location.href.split("#")[0];
    const label = button.textContent;
    toClipboard(quoted ?? `${base}#at=${link}`).then((done) => {
      button.textContent = done ? words().copied : words().uncopied;
      say(button.textContent);
      window.setTimeout(() => (button.textContent = label), 2000);
    });
    return null;
  }

  // Without https only the older way is open to a page that is not on this computer.
  async function toClipboard(taken) {
    try {
      await navigator.clipboard.writeText(taken);
      return true;
    } catch {
      const box = document.createElement("textarea");
      box.value = taken;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      return done;
    }
  }

  // Gradio takes only what is clicked inside its parts.
  function press(box, name, value) {
    const button = document.createElement("button");
    button.hidden = true;
    button.dataset[name] = value;
    box?.append(button);
    button.click();
    button.remove();
  }

  const isPressed = ({ addedNodes, removedNodes }) =>
    [...addedNodes, ...removedNodes].every((node) => node.matches?.("button[hidden]"));

  // A page that is come back to takes off itself what was removed meanwhile.
  let looked = Date.now();
  function lookAgain() {
    if (document.visibilityState !== "visible" || busy() || Date.now() - looked < 1000) return;
    looked = Date.now();
    press(document.querySelector("#talk .html-container > *"), "back", "");
  }

  // A link may bring a question ("?q="), which is asked once.
  function askLinked() {
    const question = new URLSearchParams(location.search).get("q");
    if (!question || location.hash) return;
    press(document.querySelector("#talk .html-container > *"), "ask", question);
    history.replaceState(null, "", withoutQuestion());
  }

  function withoutQuestion() {
    const url = new URL(location.href);
    url.searchParams.delete("q");
    return url.pathname + url.search + url.hash;
  }

  // In a frame of another page there is less room, and the frame's own ways lead out of it.
  const framed = window.self !== window.top || new URLSearchParams(location.search).has("frame");

  // A link to a sentence opens it: Gradio takes only what is clicked inside its parts, and only some
  // time after it has drawn them.
  function openLinked(place, tries) {
    const box = document.querySelector("#source .html-container > *") ?? null;
    const { link, opened } = document.querySelector("#source [data-link], #source [data-opened]")?.dataset ?? {};
    const shown = place === (link ?? opened);
    if (!tries || !box || shown) return;
    press(box, "at", place);
    window.setTimeout(openLinked, 400, place, tries - 1);
  }
  window.onrecordOpen = (place) => openLinked(place, 10);

  function openPlace(place) {
    if (narrow.matches) document.body.classList.add("reading");
    openLinked(place, 10);
  }

  // An article that is picked in the list of sources has an address of its own beside the conversation.
  window.onrecordRead = (place) => {
    const open = document.querySelector("#shelf [aria-current]")?.dataset.open;
    const folder = new URL(".", location.href).pathname;
    const address = `${folder}${location.search}#${open ? `${open}&` : ""}at=${place}`;
    history.pushState({ at: place }, "", address);
    openPlace(place);
  };

  window.addEventListener("popstate", ({ state }) => {
    if (state?.at) openPlace(state.at);
    else window.setTimeout(shelfChanged); // once the sources are off the page
  });

  // What was linked opens after the conversation, which begins with no source open.
  function openOnce() {
    if (linked) openPlace(linked);
    linked = "";
  }

  function manage({ open, rename, delete: gone, name }) {
    if (open) {
      window.onrecordDrawer(false);
      wanted = open;
      return { open };
    }
    if (gone) {
      return window.confirm(words().sure.replace("%s", name)) ? { delete: gone } : null;
    }
    const other = window.prompt(words().name, name);
    return other?.trim() ? { rename, name: other } : null;
  }

  // The list is drawn anew with every answer; what is sought in it stays.
  function shelfChanged() {
    const box = document.querySelector("#shelf .find");
    if (box && box.value !== sought) box.value = sought;
    filterShelf();
    const open = document.querySelector("#shelf [aria-current]")?.dataset.open ?? "";
    if (wanted && !open) return;
    store("onrecord:open", open);
    if (document.body.classList.contains("overviewing") || history.state?.overview) return;
    if (open !== location.hash.slice(1).replace(AT, "")) {
      // The whole address: "#…" alone would be taken to the page's base, and lose language and frame.
      history.replaceState(null, "", location.pathname + location.search + (open && `#${open}`));
    }
  }

  // Gradio listens to the list some time after it has drawn it.
  function reopen(tries) {
    const buttons = [...document.querySelectorAll("#shelf [data-open]")];
    const again = buttons.find((button) => button.dataset.open === wanted);
    if (tries && wanted && !again?.hasAttribute("aria-current")) {
      again?.click();
      window.setTimeout(reopen, 300, tries - 1);
    } else {
      wanted = "";
      left = null;
      shelfChanged();
      openOnce();
    }
  }

  function filterShelf() {
    const words = sought.toLowerCase().split(/\s+/);
    for (const item of document.querySelectorAll("#shelf li")) {
      const name = item.querySelector(".name").textContent.toLowerCase();
      item.hidden = !words.every((word) => name.includes(word));
    }
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#shelf .find")) return;
    sought = event.target.value;
    filterShelf();
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("#shelf details[open], #limits details[open]")) {
      if (!menu.contains(event.target) || event.target.closest(".manage")) menu.open = false;
    }
  });

  // Called for every change of a field inside the page's components.
  function limit(field) {
    const { limit: name } = field.dataset;
    limiting = name ?? "";
    return name ? ["select", { limit: name, value: field.value }] : null;
  }

  // The limits are drawn anew with every change; whoever picks them goes on where they were.
  function limitsChanged() {
    if (!limiting) return;
    const field = document.querySelector(`#limits .fields [data-limit="${limiting}"]`);
    if (!field || document.activeElement === field) return;
    field.closest("details").open = true;
    field.focus();
  }

  document.addEventListener("focusin", (event) => {
    if (event.target.closest("#limits details")) return;
    limiting = "";
    const open = document.querySelector("#limits details[open]");
    if (open) open.open = false;
  });

  // The button goes with the answer; whoever types on is where they want to be.
  function ask(asking) {
    if (!narrow.matches) document.querySelector("#question textarea")?.focus();
    return { ask: asking.dataset.ask };
  }

  function select(cited) {
    const { turn, cite } = cited.dataset;
    markSelected(turn, cite);
    picking = true;
    uncover(cited);
  }

  // Where there is no room beside the answers, the source lies above them.
  function uncover(picked) {
    if (!narrow.matches || picked.closest("#source")) return;
    opener = picked;
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

  // j and k go through the quotes, / to the question; not while something is typed.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable=true]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("#question textarea")?.focus();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
  });

  function step(by) {
    const quotes = [...document.querySelectorAll("#talk .cited")];
    const now = quotes.findIndex((quote) => quote.classList.contains("selected"));
    const next = quotes[now < 0 ? (by > 0 ? 0 : quotes.length - 1) : now + by];
    const open = next?.querySelector("button.open");
    if (!open) return;
    open.focus({ preventScroll: true });
    open.click();
    bring(document.getElementById("record"), next, 48);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const mark of document.querySelectorAll(".mark:hover, .mark:focus-within")) {
      mark.classList.add("put-away");
    }
    if (document.body.classList.contains("reading")) closeSource();
    else if (framed) window.parent.postMessage("onrecord:close", "*"); // says nothing else
  });

  // A card that was put away comes back when its mark is left and come back to.
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      for (const mark of document.querySelectorAll(".mark.put-away")) {
        if (!mark.contains(event.target)) mark.classList.remove("put-away");
      }
    });
  }

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Puts `element` a little below the top of the scrolling `box`, without moving the page itself.
  function bring(box, element, margin) {
    const top = element.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTo({ top: box.scrollTop + top - margin, behavior: calm() ? "auto" : "smooth" });
  }

  function turnsChanged(changes) {
    // A turn that changes in itself (a judgement) is not a new one.
    if (changes.every((change) => change.target.closest(".turn") || isPressed(change))) return;
    const turns = document.querySelectorAll("#left .turn");
    const last = turns[turns.length - 1];
    const box = document.getElementById("record");
    const which = `${turns.length} ${last?.className} ${last?.querySelector(".question")?.textContent}`;
    const same = which === newest;
    newest = which;
    if (same) return changes.every(({ target }) => target.closest("#talk")) && talkRefreshed();
    if (last && box && wanted && left?.open === wanted) {
      box.scrollTop = left.top; // as it was left
    } else if (last && box) bring(box, last, 12);
    const first = last?.querySelector(".answered .cited");
    if (first) markSelected(first.dataset.turn, first.dataset.cite);
    if (last) announce(last);
  }

  // The same turns, of which something was taken off or marked: the reader stays where they are.
  function talkRefreshed() {
    if (document.querySelector("#talk .cited.selected")) return; // Gradio touched it, no more
    document.getElementById("announcer").textContent = "";
    const { turn, cite } = document.querySelector("#source [aria-current]")?.dataset ?? {};
    markSelected(turn, cite);
  }

  // One polite live region outside what is redrawn, so that each turn is read once.
  function announce(turn) {
    const said = turn.querySelector(".step, .short > bdi, .says, .hint, .chip, blockquote");
    if (said) say(said.textContent);
  }

  function say(said) {
    const region = document.getElementById("announcer");
    if (region.textContent !== said) region.textContent = said;
  }

  // A notice that is seen for a while as well as read.
  window.onrecordNotice = (notice) => {
    say(notice);
    const box = document.createElement("p");
    box.className = "notice-box";
    box.dir = "auto";
    box.textContent = notice;
    document.body.append(box);
    window.setTimeout(() => box.remove(), 8000);
  };

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
    const place = reader?.querySelector("[data-link]")?.dataset.link ?? "";
    if (place === placed) return; // Gradio redraws the same source, too
    placed = place;
    if (picking && mark) say(`${reader.querySelector(".origin").innerText}: ${mark.textContent}`);
    picking = false;
  }

  // In a frame only where that was opened by a click: a page that scrolls to it by itself is rude.
  const focusBox = () => document.querySelector("#question textarea")?.focus({ preventScroll: true });
  window.addEventListener("message", ({ source, data }) => {
    if (framed && source === window.parent && data === "onrecord:focus") focusBox();
  });

  function watch(id, changed) {
    const element = document.getElementById(id);
    if (!element) return false;
    new MutationObserver(changed).observe(element, { childList: true, subtree: true });
    return true;
  }

  // Gradio draws its components some time after this script has run; the limits come from the
  // server, so that with them the page is at work.
  const waiting = window.setInterval(() => {
    if (!document.querySelector("#limits .limits")) return;
    window.clearInterval(waiting);
    document.documentElement.lang = document.getElementById("words").lang;
    document.body.classList.toggle("framed", framed);
    newAnnouncer();
    if (framed) window.parent.postMessage("onrecord:ready", "*"); // says nothing else
    else focusBox();
    watch("talk", turnsChanged);
    watch("now", turnsChanged);
    watch("source", sourceChanged);
    watch("limits", limitsChanged);
    if (watch("shelf", shelfChanged)) reopen(10);
    else openOnce();
    document.addEventListener("visibilitychange", lookAgain);
    window.addEventListener("focus", lookAgain);
    window.addEventListener("pageshow", lookAgain);
    window.setTimeout(askLinked, 300); // Gradio listens some time after it has drawn its parts
  }, 100);
})();
