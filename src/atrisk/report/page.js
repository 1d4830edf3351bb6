"use strict";
// Opens what a link leads to in a panel, with each row's own words beside its part. Without this
// script the same links lead to the same places in the annex.
(() => {
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const title = document.getElementById("panel-title");
  if (!panel || !panel.showModal) return;

  const tell = (link) => {
    const row = document.getElementById(link.hash.slice(1));
    if (!row || !row.matches(".evidence")) return;
    const told = document.createElement("span");
    told.className = "told";
    told.textContent = [...row.querySelectorAll("p")].map((part) => part.textContent).join(" · ");
    link.parentElement.append(told);
  };

  const open = (id) => {
    const place = document.getElementById(id);
    if (!place) return false;
    const copy = place.cloneNode(true);
    copy.removeAttribute("id");
    if (copy.matches("details")) copy.open = true;
    copy.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
    if (id.startsWith("c-")) copy.querySelectorAll('a[href^="#e-"]').forEach(tell);
    const month = place.closest(".month");
    const names = { m: "Month", c: month ? month.id.slice(2) : "", e: "Evidence" };
    title.textContent = names[id[0]];
    const list = document.createElement(id.startsWith("c-") ? "ul" : "div");
    list.className = "cells";
    list.append(copy);
    body.replaceChildren(list);
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    return true;
  };

  // A link from another page, or a browser that leaves a folded part folded.
  const unfold = () => {
    const place = document.getElementById(location.hash.slice(1));
    for (let folded = place; folded; folded = folded.parentElement) {
      if (folded.matches("details")) folded.open = true;
    }
    if (place) place.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    const href = link.getAttribute("href") || link.getAttribute("xlink:href") || "";
    if (/^#[mce]-/.test(href) && open(href.slice(1))) event.preventDefault();
  });
})();
