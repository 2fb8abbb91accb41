// The dialog that adds an article: shows the fields of the kind that is picked, sends them, and opens
// the article that was added.
(() => {
  "use strict";
  const dialog = () => document.getElementById("add");

  document.addEventListener("click", (event) => {
    if (event.target.closest("button.add")) {
      said("");
      dialog().showModal();
    }
    if (event.target.closest("#add .cancel")) dialog().close();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches('#add [name="kind"]')) return;
    for (const fields of dialog().querySelectorAll("fieldset")) {
      fields.disabled = fields.hidden = fields.dataset.kind !== event.target.value;
    }
    said("");
  });

  // Before Gradio's component sees it, which takes forms for judgements.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("#add form");
      if (!form) return;
      event.preventDefault();
      event.stopPropagation();
      send(form);
    },
    true,
  );

  function said(words) {
    dialog().querySelector(".said").textContent = words;
  }

  async function send(form) {
    const file = form.elements.file.files[0];
    if (!form.elements.file.closest("fieldset").disabled && file?.size > Number(form.dataset.most)) {
      said(form.dataset.large);
      return;
    }
    const button = form.querySelector("button.primary");
    button.disabled = true;
    said(document.getElementById("words").dataset.adding);
    try {
      const reply = await fetch("articles", { method: "POST", body: new FormData(form) });
      const body = reply.headers.get("content-type")?.includes("json")
        ? await reply.json()
        : { error: await reply.text() };
      if (body.at) added(form, body);
      else said(body.error ?? String(reply.status));
    } catch (error) {
      said(String(error.message ?? error));
    } finally {
      button.disabled = false;
    }
  }

  function added(form, { said: words, at }) {
    form.reset();
    form.querySelector('[name="kind"]').dispatchEvent(new Event("change", { bubbles: true }));
    dialog().close();
    window.onrecordNotice(words);
    window.onrecordOpen(at);
    document.querySelector("#question textarea")?.focus();
  }
})();
