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

  // Pictures with sliders: every cell has a text that was made beforehand, nothing is computed here --
  const fill = (key, values) => said(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const shape = (name, attributes, parent, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const blend = (anchors, part) => {
    const at = part * (anchors.length - 1);
    const first = Math.min(Math.floor(at), anchors.length - 2);
    const mixed = [1, 3, 5].map((k) => {
      const [a, b] = [anchors[first], anchors[first + 1]].map((c) => parseInt(c.slice(k, k + 2), 16));
      return Math.round(a + (b - a) * (at - first)).toString(16).padStart(2, "0");
    });
    return `#${mixed.join("")}`;
  };
  const wide = (text, size) => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 1 : 0.55), 0) * size;
  const clipped = (text, size, room) => {
    let kept = text;
    while (kept && wide(kept + (kept === text ? "" : "…"), size) > room) kept = kept.slice(0, -1);
    return kept === text ? text : `${kept.trimEnd()}…`;
  };
  const wrapped = (text, size, room) => {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (lines.at(-1) && wide(longer, size) > room && lines.length < 2) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.map((line) => clipped(line, size, room));
  };

  const slide = (id, map) => {
    const figure = document.getElementById(id);
    const art = figure && figure.querySelector(".art");
    if (!art) return;
    const { inputs, outputs, box, ink } = map;
    const state = { output: 0, x: map.x, y: map.y, at: [...map.at] };
    const sizes = inputs.map((input) => input.levels.length);
    const strides = sizes.map((_, k) => sizes.slice(k + 1).reduce((a, b) => a * b, 1));
    const starts = [];
    map.maps.reduce((sum, pair) => { starts.push(sum); return sum + sizes[pair.x] * sizes[pair.y]; }, 0);

    // Place of the cell that lies at level i of x and level j of y, all else as the sliders stand.
    const place = (i, j) => {
      if (map.exact) {
        return state.at.reduce((sum, at, k) =>
          sum + strides[k] * (k === state.x ? i : k === state.y ? j : at), 0);
      }
      const straight = map.maps.findIndex((pair) => pair.x === state.x && pair.y === state.y);
      if (straight >= 0) return starts[straight] + j * sizes[state.x] + i;
      const turned = map.maps.findIndex((pair) => pair.x === state.y && pair.y === state.x);
      return starts[turned] + i * sizes[state.y] + j;
    };
    const known = (i, j) => outputs[state.output].values[outputs[state.output].cells[place(i, j)]];
    const told = (i, j) => {
      const output = outputs[state.output];
      const cell = output.cells[place(i, j)];
      return output.values[cell] === null && !map.exact ? said("heat.none") : output.texts[cell];
    };
    const level = (k, at) => fill(inputs[k].kind === "option" ? "heat.option" : "heat.level",
      { input: inputs[k].label, value: inputs[k].levels[at] });
    const where = (i, j, all) => {
      const sides = [[state.x, i], [state.y, j]];
      const moving = sides.filter(([k]) => outputs[state.output].moving[k]);
      return (all || !moving.length ? sides : moving).map(([k, at]) => level(k, at)).join("; ");
    };
    const colour = (value) => {
      const output = outputs[state.output];
      if (value === null) return map.colours.unknown;
      const part = Math.min(1, Math.max(0, (value - output.low) / (output.high - output.low)));
      return blend(output.scale === "diverging" ? map.colours.diverging : map.colours.sequential,
        output.scale === "reversed" ? 1 - part : part);
    };

    const draw = () => {
      const [across, up, output] = [inputs[state.x], inputs[state.y], outputs[state.output]];
      const flat = (axis) => axis.kind === "option" || axis.kind === "day";
      const left = box.left + up.room;
      const [width, bottom] = [box.right - left, box.top + up.tall];
      const paper = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      paper.setAttribute("viewBox", `0 0 680 ${bottom + 44}`);
      paper.setAttribute("font-family", art.dataset.font);
      const write = (x, y, size, text, more) =>
        shape("text", { x, y: y + 0.35 * size, "font-size": size, fill: ink.soft, ...more }, paper, text);
      wrapped(output.title, 11.5, box.right + 90 - left).forEach((line, n) =>
        write(left, 10 + 15 * n, 11.5, line, { fill: ink.ink, "font-weight": 600 }));
      const rows = (j) => {
        const [low, high] = [up.edges[j] * up.tall, up.edges[j + 1] * up.tall];
        return [flat(up) ? box.top + low : bottom - high, high - low];
      };
      for (let j = 0; j < sizes[state.y]; j += 1) {
        const [y, height] = rows(j);
        for (let i = 0; i < sizes[state.x]; i += 1) {
          const x = left + across.edges[i] * width;
          shape("rect", { x, y, width: left + across.edges[i + 1] * width - x, height, fill: colour(known(i, j)),
            "shape-rendering": "crispEdges", "data-i": i, "data-j": j,
            "data-tip": `${where(i, j, true)}: ${told(i, j)}` }, paper);
        }
      }
      const room = width / across.ticks.length;
      const longest = Math.max(...across.ticks.map(([, text]) => wide(text, 10))) + 6;
      const every = Math.max(1, Math.ceil(Math.min(longest, 62) / room));
      for (const [part, text] of across.ticks.filter((_, n) => n % every === 0)) {
        const x = left + part * width;
        shape("line", { x1: x, y1: bottom, x2: x, y2: bottom + 4, stroke: ink.soft }, paper);
        write(x, bottom + 12, 10, clipped(text, 10, every * room - 6),
          { "text-anchor": "middle" });
      }
      write((left + box.right) / 2, bottom + 31, 11, across.title, { "text-anchor": "middle", fill: ink.ink });
      for (const [part, text] of up.ticks) {
        const y = flat(up) ? box.top + part * up.tall : bottom - part * up.tall;
        shape("line", { x1: left - 4, y1: y, x2: left, y2: y, stroke: ink.soft }, paper);
        write(left - 7, y, 10, clipped(text, 10, box.widest - 8), { "text-anchor": "end" });
      }
      const middle = (box.top + bottom) / 2;
      write(12, middle, 11, clipped(up.title, 11, up.tall + 30),
        { "text-anchor": "middle", fill: ink.ink, transform: `rotate(-90 12 ${middle})` });
      const step = (bottom - box.top) / box.steps;
      for (let n = 0; n < box.steps; n += 1) {
        const value = output.low + ((n + 0.5) / box.steps) * (output.high - output.low);
        shape("rect", { x: box.bar, y: bottom - (n + 1) * step - 0.3, width: box.wide, height: step + 0.3,
          fill: colour(value), "shape-rendering": "crispEdges" }, paper);
      }
      for (const [part, text] of output.ticks) {
        const [x, y] = [box.bar + box.wide, bottom - part * (bottom - box.top)];
        shape("line", { x1: x, y1: y, x2: x + 4, y2: y, stroke: ink.soft }, paper);
        write(x + 7, y, 9.5, text, {});
      }
      // The frame around the chosen cell: dark in light, so that it shows on any colour.
      const [i, j] = [state.at[state.x], state.at[state.y]];
      const [y, height] = rows(j);
      const x = left + across.edges[i] * width;
      const side = left + across.edges[i + 1] * width - x;
      for (const [stroke, wider] of [[ink.paper, 4], [ink.ink, 2]]) {
        const frame = shape("rect", { x, y, width: side, height, fill: "none", stroke, "stroke-width": wider }, paper);
        frame.style.pointerEvents = "none";
      }
      art.replaceChildren(paper);
    };

    // What stands around the picture: the title, the line that is read aloud, the table.
    const caption = figure.querySelector("figcaption");
    const table = figure.querySelector("details table");
    const details = figure.querySelector("details");
    const first = { caption: [...caption.childNodes], table: [...table.childNodes] };
    const seen = () => JSON.stringify([state.output, state.x, state.y,
      map.exact && state.at.filter((_, k) => k !== state.x && k !== state.y)]);
    const start = seen();
    const live = make("p");
    live.className = "live";
    live.setAttribute("aria-live", "polite");
    const title = () => {
      const cells = [];
      for (let j = 0; j < sizes[state.y]; j += 1) {
        for (let i = 0; i < sizes[state.x]; i += 1) if (known(i, j) !== null) cells.push([known(i, j), i, j]);
      }
      if (!cells.length) return outputs[state.output].title;
      const [low, high] = [(a, b) => (b[0] < a[0] ? b : a), (a, b) => (b[0] > a[0] ? b : a)].map((f) => cells.reduce(f));
      const values = { output: outputs[state.output].label, low: told(low[1], low[2]), high: told(high[1], high[2]),
        low_at: where(low[1], low[2]), high_at: where(high[1], high[2]) };
      return fill(values.low === values.high ? "heat.title_same" : "heat.title", values);
    };
    const list = () => {
      if (seen() === start) { table.replaceChildren(...first.table); return; }
      const head = document.createElement("thead");
      const line = make("tr", null, head);
      make("th", fill("heat.corner", { x: inputs[state.x].label, y: inputs[state.y].label }), line).scope = "col";
      for (const text of inputs[state.x].levels) {
        const cell = make("th", text, line);
        cell.scope = "col";
        cell.className = "n";
      }
      const inside = document.createElement("tbody");
      const up = [...Array(sizes[state.y]).keys()];
      if (inputs[state.y].kind === "number") up.reverse();
      for (const j of up) {
        const row = make("tr", null, inside);
        make("td", inputs[state.y].levels[j], row);
        for (let i = 0; i < sizes[state.x]; i += 1) make("td", told(i, j), row).className = "n";
      }
      table.replaceChildren(head, inside);
    };
    details.addEventListener("toggle", () => { if (details.open) list(); });

    const controls = make("div");
    controls.className = "controls heat";
    const rows = [];
    const field = (name, control, text) => {
      const row = make("div", null, controls);
      const label = make("label", text, row);
      control.id = `${id}-${name}`;
      label.htmlFor = control.id;
      row.append(control);
      return row;
    };
    const choice = (name, text, entries, now, change) => {
      const select = document.createElement("select");
      for (const [value, entry] of entries) make("option", entry, select).value = String(value);
      select.value = String(now);
      select.addEventListener("change", () => change(Number(select.value)));
      return [field(name, select, text), select];
    };
    if (outputs.length > 1) {
      const [row] = choice("output", said("heat.output"), outputs.map((o, n) => [n, o.label]), 0,
        (n) => { state.output = n; show_all(); });
      row.className = "whole";
    }
    const paired = (k) => map.exact || map.maps.some((pair) => pair.x === k || pair.y === k);
    const axes = inputs.map((_, k) => k).filter((k) => paired(k) && inputs[k].kind !== "option");
    const selects = {};
    if (axes.length > 2 && axes.includes(state.x) && axes.includes(state.y)) {
      for (const [side, other, key] of [["x", "y", "heat.across"], ["y", "x", "heat.up"]]) {
        const entries = axes.map((k) => [k, inputs[k].label]);
        selects[side] = choice(side, said(key), entries, state[side], (k) => {
          const before = [state.x, state.y];
          if (state[other] === k) state[other] = state[side];
          state[side] = k;
          // Medians are not there for every pair.
          if (!map.exact && !map.maps.some((p) => [p.x, p.y].every((n) => n === state.x || n === state.y))) {
            [state.x, state.y] = before;
          }
          selects.x[1].value = String(state.x);
          selects.y[1].value = String(state.y);
          show_all();
        });
      }
    }
    const sliders = inputs.map((input, k) => {
      if (sizes[k] < 2) return null;
      if (input.kind === "option") {
        const made = choice(`in-${k}`, input.label, input.levels.map((text, n) => [n, text]), state.at[k],
          (n) => { state.at[k] = n; show_all(); });
        return { row: made[0], set: (n) => { made[1].value = String(n); } };
      }
      const range = document.createElement("input");
      Object.assign(range, { type: "range", min: "0", max: String(sizes[k] - 1), step: "1" });
      const row = field(`in-${k}`, range, input.label);
      const text = make("span", null, row);
      const set = (n) => {
        range.value = String(n);
        range.setAttribute("aria-valuetext", input.levels[n]);
        text.textContent = input.levels[n];
      };
      set(state.at[k]);
      range.addEventListener("input", () => { state.at[k] = Number(range.value); set(state.at[k]); show_all(); });
      return { row, set };
    });
    make("p", said("heat.keys"), controls);

    const show_all = () => {
      sliders.forEach((slider, k) => {
        if (!slider) return;
        slider.set(state.at[k]);
        slider.row.hidden = !map.exact && k !== state.x && k !== state.y;
      });
      draw();
      const [i, j] = [state.at[state.x], state.at[state.y]];
      const values = { output: outputs[state.output].label, value: told(i, j) };
      if (map.exact) values.where = inputs.map((_, k) => level(k, state.at[k])).join("; ");
      else values.where = where(i, j, true);
      if (map.ids) values.id = map.ids.reduce((sum, numbers, k) => sum + numbers[state.at[k]], 0);
      live.textContent = fill(map.ids ? "heat.live" : map.exact ? "heat.live_plain" : "heat.live_median", values);
      const same = seen() === start;
      if (same) caption.replaceChildren(...first.caption);
      else caption.textContent = title();
      art.setAttribute("aria-label", `${caption.textContent} ${live.textContent}`);
      if (details.open) list();
    };

    art.dataset.font = art.querySelector("svg").getAttribute("font-family");
    art.tabIndex = 0;
    art.before(controls);
    art.after(live);
    const point = () => {
      const mark = art.querySelector(`[data-i="${state.at[state.x]}"][data-j="${state.at[state.y]}"]`);
      const edge = mark.getBoundingClientRect();
      show(mark.dataset.tip, edge.left + edge.width / 2, edge.top);
    };
    art.addEventListener("keydown", (event) => {
      const upright = inputs[state.y].kind === "number" ? 1 : -1;
      const [k, by] = { ArrowRight: [state.x, 1], ArrowLeft: [state.x, -1],
        ArrowUp: [state.y, upright], ArrowDown: [state.y, -upright] }[event.key] || [];
      if (by === undefined) return;
      state.at[k] = Math.min(sizes[k] - 1, Math.max(0, state.at[k] + by));
      show_all();
      point();
      event.preventDefault();
      event.stopPropagation();
    });
    art.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-i]");
      if (!mark) return;
      state.at[state.x] = Number(mark.dataset.i);
      state.at[state.y] = Number(mark.dataset.j);
      show_all();
    });
    art.addEventListener("blur", () => { tip.hidden = true; });
    show_all();
  };
  for (const [id, map] of Object.entries(facts.heat)) slide(id, map);
})();
