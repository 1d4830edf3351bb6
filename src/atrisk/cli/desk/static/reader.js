// The documents and the text of one of them, with what is coded in it.
import { ask, make } from "./api.js";

export class Reader {
  constructor(documents, onSource, onDraft) {
    this.documents = documents;
    this.onSource = onSource;
    this.onDraft = onDraft;
    this.drafts = new Map();
    this.number = null;
    this.here = null;
    this.list = document.getElementById("documents");
    this.box = document.getElementById("passages");
    this.box.addEventListener("click", (event) => {
      const passage = event.target.closest(".passage");
      if (passage) this.stand(passage, false);
    });
    this.fill();
  }

  fill() {
    this.list.replaceChildren(
      ...this.documents.map((one) => {
        const button = make("button", { type: "button" }, one.title);
        button.append(make("br"), make("small", {}, describe(one)));
        button.setAttribute("aria-current", String(one.number === this.number));
        button.addEventListener("click", () => this.open(one.number));
        const source = make("button", { type: "button", class: "source" }, one.source ? "Edit the source" : "List as a source");
        source.setAttribute("aria-label", `${source.textContent}, ${one.title}`);
        source.addEventListener("click", () => this.onSource(one));
        return make("li", {}, button, source);
      }),
    );
  }

  async open(number) {
    const found = await ask("document", { number });
    const held = this.box.contains(document.activeElement); // by whoever stands at a passage
    const kept = this.number === number && this.here ? this.here.dataset.number : "1";
    this.number = number;
    this.fill();
    this.box.replaceChildren(...found.passages.flatMap((one, place) => show(one, found.passages[place - 1])));
    document.getElementById("acts").hidden = false;
    document.getElementById("extent").value = this.documents[number].extent;
    document.getElementById("reader-title").textContent = this.documents[number].title;
    this.stand(this.box.querySelector(`[data-number="${kept}"]`), held);
    await this.offer(number);
  }

  // Offers under each passage that nothing is coded from what it may tell; asked for once a document.
  async offer(number) {
    if (!this.drafts.has(number)) this.drafts.set(number, (await ask("drafts", { number })).passages);
    if (this.number !== number) return;
    for (const one of this.drafts.get(number)) {
      const passage = this.box.querySelector(`[data-number="${one.passage}"]`);
      if (passage && !passage.dataset.coded) passage.append(this.draft(passage, one.indicators));
    }
  }

  draft(passage, indicators) {
    const buttons = indicators.map((one) => {
      const button = make("button", { type: "button", title: one.reason, tabindex: "-1" }, `${one.code} ${one.label}`);
      button.addEventListener("click", () => {
        this.stand(passage, false);
        this.onDraft(one.code);
      });
      return button;
    });
    return make("p", { class: "draft" }, "Draft: perhaps ", ...buttons.flatMap((one, at) => (at ? [" or ", one] : [one])));
  }

  stand(passage, focus = true) {
    if (!passage) return;
    if (this.here) this.here.classList.remove("here");
    this.here = passage;
    passage.classList.add("here");
    if (focus) {
      passage.focus();
      passage.scrollIntoView({ block: "nearest" });
    }
  }

  move(steps) {
    const all = [...this.box.querySelectorAll(".passage")];
    const at = all.indexOf(this.here);
    this.stand(all[Math.max(0, Math.min(all.length - 1, at + steps))]);
  }

  // The next passage that nothing is coded from.
  moveOn() {
    const all = [...this.box.querySelectorAll(".passage")];
    const at = all.indexOf(this.here);
    const next = [...all.slice(at + 1), ...all.slice(0, at)].find((one) => !one.dataset.coded);
    this.stand(next);
    return Boolean(next);
  }

  // Selects words of the passage by keyboard: one more, one less, or from a word later on.
  selectWord(forward, extend) {
    const chosen = window.getSelection();
    const text = this.here && this.here.querySelector("p");
    if (!chosen || !text) return;
    if (!chosen.anchorNode || !text.contains(chosen.anchorNode)) chosen.collapse(text, 0);
    const way = forward ? "forward" : "backward";
    if (!extend) {
      const at = chosen.getRangeAt(0);
      chosen.collapse(at.startContainer, at.startOffset);
      chosen.modify("move", way, "word");
    }
    chosen.modify("extend", extend ? way : "forward", "word");
    if (!text.contains(chosen.focusNode)) chosen.extend(text, text.childNodes.length);
  }

  // The words that are selected within one passage, or else the whole passage that one stands at.
  select() {
    const chosen = window.getSelection();
    const words = chosen ? chosen.toString().trim() : "";
    const from = chosen && chosen.anchorNode;
    const element = from && (from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement);
    const text = words && element ? element.closest(".passage p") : null;
    const anchor = text && !text.classList.contains("draft") ? text.closest(".passage") : null;
    const passage = anchor || this.here;
    if (!passage) return null;
    if (anchor) this.stand(anchor, false);
    return {
      number: this.number,
      passage: Number(passage.dataset.number),
      text: anchor ? words : passage.querySelector("p").textContent,
    };
  }
}

function describe(one) {
  const read = { whole: "read", part: "read in part", excerpt: "an excerpt read" }[one.extent] || "unread";
  const coded = `${one.coded} of ${one.passages} passage${one.passages === 1 ? "" : "s"} coded`;
  const rows = one.rows ? ` (${one.rows} row${one.rows === 1 ? "" : "s"})` : "";
  return `${one.published || "no date"}, ${read}, ${coded}${rows}, ${one.source || "not listed"}`;
}

function show(one, before) {
  const text = make("p", {});
  text.append(...mark(one.text, one.marks).flatMap((part) => (typeof part === "string" ? reveal(part, one.hidden) : [part])));
  const where = make("small", {}, `${one.page ? `p. ${one.page}, ` : ""}passage ${one.number}`);
  const passage = make("div", { class: "passage", tabindex: "0", "data-number": one.number, "data-coded": one.marks.length > 0 && "yes" }, where, text);
  for (const row of one.marks.filter((each) => !each.quote)) {
    passage.append(make("p", { class: "draft" }, "Coded here: ", make("mark", { title: `${row.table}: ${row.id}` }, row.id)));
  }
  const heading = one.heading && (!before || before.heading !== one.heading);
  return heading ? [make("h3", {}, one.heading), passage] : [passage];
}

// Text in which each character that nobody sees is shown, and still there to be selected.
function reveal(text, hidden) {
  const marks = Object.keys(hidden);
  if (!marks.length) return [text];
  const parts = [];
  let plain = "";
  for (const one of text) {
    if (!marks.includes(one)) {
      plain += one;
      continue;
    }
    parts.push(plain, make("span", { class: "hidden-mark", "data-shown": hidden[one] }, one));
    plain = "";
  }
  return [...parts, plain].filter((part) => part !== "");
}

// The text in pieces, the anchors of coded rows marked; the text is never read as HTML.
function mark(text, marks) {
  const found = marks
    .map((one) => ({ ...one, at: one.quote ? text.indexOf(one.quote) : -1 }))
    .filter((one) => one.at >= 0)
    .sort((one, other) => one.at - other.at);
  const parts = [];
  let done = 0;
  for (const one of found) {
    if (one.at < done) continue;
    parts.push(text.slice(done, one.at));
    parts.push(make("mark", { class: one.table, title: `${one.table}: ${one.id}` }, text.slice(one.at, one.at + one.quote.length)));
    done = one.at + one.quote.length;
  }
  return [...parts, text.slice(done)];
}
