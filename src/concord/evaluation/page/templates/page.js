"use strict";
(() => {
  const root = document.documentElement, tools = document.querySelector(".tools");
  const schemes = ["system", "light", "dark"];
  const recall = () => { try { return localStorage.getItem("concord-scheme"); } catch { return null; } };
  const keep = (name) => { try { localStorage.setItem("concord-scheme", name); } catch { /* a file may not store */ } };
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", () => act(made));
    return made;
  };
  let scheme = schemes.includes(recall()) ? recall() : "system";
  const paint = (made) => {
    if (scheme === "system") delete root.dataset.theme; else root.dataset.theme = scheme;
    made.textContent = `Colours: ${scheme}`;
  };
  const colours = button("", (made) => {
    scheme = schemes[(schemes.indexOf(scheme) + 1) % schemes.length];
    keep(scheme);
    paint(made);
  });
  paint(colours);
  let open = false;
  const sections = button("Open all sections", (made) => {
    open = !open;
    document.querySelectorAll("details").forEach((each) => { each.open = open; });
    made.textContent = open ? "Close all sections" : "Open all sections";
  });
  tools.append(colours, sections);
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  const value = (row, column) => {
    const words = (row.cells[column]?.textContent ?? "").trim().replace("−", "-").replace(/,/g, "");
    const number = parseFloat(words.replace(/^[^\d+.-]+/, ""));
    return { words, number: column > 0 && !Number.isNaN(number) ? number : null };
  };
  const sort = (table, heading, column) => {
    const falls = heading.getAttribute("aria-sort") !== "descending" && column > 0;
    const rises = heading.getAttribute("aria-sort") !== "ascending";
    const way = column > 0 ? (falls ? -1 : 1) : (rises ? 1 : -1);
    const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
    rows.sort(([a], [b]) => {
      if (a.number !== null && b.number !== null) return way * (a.number - b.number);
      if (a.number !== null || b.number !== null) return a.number !== null ? -1 : 1;
      return way * a.words.localeCompare(b.words);
    });
    table.querySelectorAll("th[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", way < 0 ? "descending" : "ascending");
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      if (!heading.textContent.trim() || heading.hasAttribute("data-plain")) return;
      const inner = button("", () => sort(table, heading, column));
      inner.append(...heading.childNodes);
      heading.append(inner);
    });
  });
})();
