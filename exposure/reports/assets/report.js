"use strict";
// The page is complete without this script: it adds proofs, sorting, views, tips and sliders.
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const said = (key) => facts.labels[key];
  const make = (name, text, parent) => {
    // Text only, never markup: names come from users' files.
    const element = document.createElement(name);
    if (text !== undefined && text !== null) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  document.querySelector(".hint").hidden = false;

  // Proofs ---------------------------------------------------------------------------------
  const dialog = document.getElementById("proof");
  const body = document.getElementById("proof-body");
  const listed = (title, heads, rows) => {
    make("h3", title, body);
    const region = make("div", null, body);
    region.className = "wide";
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", title);
    const table = make("table", null, region);
    const head = make("tr", null, make("thead", null, table));
    for (const text of heads) make("th", text, head).scope = "col";
    const inside = make("tbody", null, table);
    for (const cells of rows) {
      const line = make("tr", null, inside);
      for (const text of cells) make("td", text, line);
    }
  };
  const prove = (button) => {
    const [table, row, column, exact] = facts.cells[Number(button.dataset.c)];
    const name = facts.tables[table];
    const key = row < 0 ? "" : facts.rows[name][row];
    const parts = Object.fromEntries(key.split(" · ").map((part) => {
      const gap = part.indexOf(" ");
      return [part.slice(0, gap), part.slice(gap + 1)];
    }));
    body.replaceChildren();
    const big = make("p", button.textContent, body);
    big.style.fontWeight = "650";
    const list = make("dl", null, body);
    const add = (term, text) => { make("dt", term, list); make("dd", text, list); };
    const column_name = facts.columns[column];
    const meaning = facts.defined[[name, column_name, parts.metric].filter(Boolean).join(".")];
    if (meaning) add(said("proof.meaning"), meaning);
    add(said("proof.exact"), exact === null ? said("form.unknown") : String(exact));
    add(said("proof.cell"), row < 0
      ? `tables/${name}.csv, ${said("proof.rows")}`
      : `tables/${name}.csv · ${key} · ${column_name}`);
    const about = [parts.scenario, parts.product];
    const law = facts.law[about.join(" ")];
    if (law) {
      listed(said("proof.law"), said("proof.rule").split(" | "),
        law.map((l) => [l.rule, l.status, l.since, l.rate, l.base, l.duty, l.source]));
    }
    const inputs = facts.inputs[[...about, parts.metric].join(" ")];
    if (inputs) listed(said("proof.inputs"), said("proof.input").split(" | "), inputs);
    dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.v");
    if (button) prove(button);
  });

  // A table is one stop of the tab key; arrows move between its numbers.
  for (const block of document.querySelectorAll("table, p, dl.key")) {
    block.querySelectorAll("button.v").forEach((button, place) => { button.tabIndex = place ? -1 : 0; });
  }
  document.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    if (here && here.matches("button.v")) {
      const block = here.closest("table, p, dl.key");
      const all = [...block.querySelectorAll("button.v")];
      const across = event.key === "ArrowRight" || event.key === "ArrowLeft";
      const row = here.closest("tr");
      let next = all[all.indexOf(here) + step];
      if (!across && row) {
        const line = step > 0 ? row.nextElementSibling : row.previousElementSibling;
        next = line && line.cells[here.closest("td").cellIndex].querySelector("button.v");
      }
      if (next) { here.tabIndex = -1; next.tabIndex = 0; next.focus(); event.preventDefault(); }
    } else if (here && here.matches(".art")) {
      const marks = [...here.querySelectorAll("[data-tip]")];
      if (!marks.length) return;
      const at = marks.findIndex((mark) => mark.classList.contains("here"));
      marks.forEach((mark) => mark.classList.remove("here"));
      const mark = marks[(at + step + marks.length) % marks.length];
      mark.classList.add("here");
      const box = mark.getBoundingClientRect();
      show(mark.dataset.tip, box.left + box.width / 2, box.top);
      event.preventDefault();
    }
  });

  // Tips of marks -----------------------------------------------------------------------------
  const tip = document.getElementById("tip");
  const show = (text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    tip.style.left = `${Math.max(4, Math.min(x + 12, window.innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(4, y - tip.offsetHeight - 8)}px`;
  };
  document.addEventListener("mousemove", (event) => {
    const mark = event.target.closest && event.target.closest(".art [data-tip]");
    if (mark) show(mark.dataset.tip, event.clientX, event.clientY);
    else if (!document.querySelector(".art .here")) tip.hidden = true;
    const art = event.target.closest && event.target.closest(".art");
    const flow = event.target.closest && event.target.closest("[data-flow]");
    for (const other of document.querySelectorAll(".art.lit")) if (other !== art) other.classList.remove("lit");
    if (art && art.querySelector("[data-flow]")) {
      art.classList.toggle("lit", Boolean(flow));
      for (const part of art.querySelectorAll("[data-flow]")) {
        const alike = Boolean(flow) && part.dataset.flow === flow.dataset.flow;
        part.classList.toggle("with", alike);
        part.querySelectorAll("[data-tip]").forEach((inner) => inner.classList.toggle("with", alike));
      }
    }
  });
  for (const art of document.querySelectorAll(".art")) {
    if (!art.querySelector("[data-tip]")) continue;
    art.tabIndex = 0;
    art.addEventListener("blur", () => {
      art.querySelectorAll(".here").forEach((mark) => mark.classList.remove("here"));
      tip.hidden = true;
    });
  }

  // Views of a picture ------------------------------------------------------------------------
  for (const figure of document.querySelectorAll("figure")) {
    const views = [...figure.querySelectorAll(":scope > .art")];
    if (views.length < 2) continue;
    const controls = make("div");
    controls.className = "controls";
    const label = make("label", `${said("report.view")} `, controls);
    const select = make("select", null, label);
    views.forEach((view, place) => { make("option", view.dataset.view, select).value = String(place); });
    select.addEventListener("change", () => {
      views.forEach((view, place) => { view.hidden = String(place) !== select.value; });
    });
    figure.querySelector("figcaption").after(controls);
  }

  // Tables sort by the exact values behind their cells ------------------------------------------
  const worth = (cell) => {
    const first = cell && cell.querySelector("[data-c]");
    const exact = first ? facts.cells[Number(first.dataset.c)][3] : null;
    if (typeof exact === "number") return exact;
    return cell ? cell.textContent.trim() : "";
  };
  const order = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b, document.documentElement.lang);
  };
  for (const table of document.querySelectorAll("main table")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const text = head.textContent;
      head.replaceChildren();
      const button = make("button", text, head);
      button.type = "button";
      button.title = said("report.sort");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        const keyed = rows.map((row) => [worth(row.cells[place]), row]);
        keyed.sort((x, y) => (down ? -1 : 1) * order(x[0], y[0]));
        table.tBodies[0].append(...keyed.map((pair) => pair[1]));
      });
    });
  }
})();
