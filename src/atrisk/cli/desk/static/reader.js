// The documents and the text of one of them, with what is coded in it.
import { ask, make } from "./api.js";

export class Reader {
  constructor(documents, onSource) {
    this.documents = documents;
    this.onSource = onSource;
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
        const source = make("button", { type: "button", class: "source" }, one.source ? "Source" : "Source: list it");
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
    document.getElementById("reader-title").textContent = this.documents[number].title;
    this.stand(this.box.querySelector(`[data-number="${kept}"]`), held);
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

  // The words that are selected within one passage, or else the whole passage that one stands at.
  select() {
    const chosen = window.getSelection();
    const words = chosen ? chosen.toString().trim() : "";
    const anchor = words && chosen.anchorNode ? chosen.anchorNode.parentElement.closest(".passage") : null;
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
  const read = one.extent ? `, read: ${one.extent}` : "";
  const passages = `${one.passages} passage${one.passages === 1 ? "" : "s"}`;
  return `${one.published || "no date"}, ${passages}, ${one.source || "not listed"}${read}; ${one.rows} coded`;
}

function show(one, before) {
  const text = make("p", {});
  text.append(...mark(one.text, one.marks));
  const where = make("small", {}, `${one.page ? `p. ${one.page}, ` : ""}passage ${one.number}`);
  const passage = make("div", { class: "passage", tabindex: "0", "data-number": one.number }, where, text);
  const heading = one.heading && (!before || before.heading !== one.heading);
  return heading ? [make("h3", {}, one.heading), passage] : [passage];
}

// The text in pieces, the anchors of coded rows marked; the text is never read as HTML.
function mark(text, marks) {
  const found = marks
    .map((one) => ({ ...one, at: text.indexOf(one.quote) }))
    .filter((one) => one.at >= 0)
    .sort((one, other) => one.at - other.at);
  const parts = [];
  let done = 0;
  for (const one of found) {
    if (one.at < done) continue;
    parts.push(text.slice(done, one.at));
    parts.push(make("mark", { title: `${one.table}: ${one.id}` }, text.slice(one.at, one.at + one.quote.length)));
    done = one.at + one.quote.length;
  }
  return [...parts, text.slice(done)];
}
