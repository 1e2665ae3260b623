"use strict";
// Each head of a column becomes a button that sorts the rows; without this the tables are as they are.
document.querySelectorAll("table").forEach(table => {
  const body = table.tBodies[0];
  table.querySelectorAll("th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[column].textContent;
      const compare = (a, b) => {
        const [s, t] = [key(a), key(b)];
        if (s === "" || t === "") return (s === "") - (t === "");   // empty cells stay last
        const [x, y] = [Number(s), Number(t)];
        const order = Number.isNaN(x) || Number.isNaN(y) ? s.localeCompare(t) : x - y;
        return down ? -order : order;
      };
      body.append(...Array.from(body.rows).sort(compare));
    });
  });
});
