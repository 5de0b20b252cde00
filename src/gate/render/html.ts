import type { GateVerdict, VerdictRow } from "../verdict.ts"
import type { GateState, Language } from "../words.ts"
import { countsText, detailsOf, evidenceText, headOf, stateMark, stateText, words } from "./words.ts"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? "")

/** Escapes a text, and shows the parts between backticks as code. */
const marked = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>")

/** Style of the page. It needs no font, image or script, and its states differ without colour. */
const style = `
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#c9c9c9;--soft:#f3f3f3;--go:#0b6b2d;--no:#a40e0e;--ask:#7a4f00}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--line:#4a4a4a;--soft:#222;--go:#6fd08c;--no:#ff8a8a;--ask:#f0c060}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
h1{margin:0 0 .5rem;font-size:1.6rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th,td{padding:.45rem .5rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead th{background:var(--soft)}
col.item{width:15%}col.state{width:14%}
td.state{font-weight:700}
.go,.seen{color:var(--go)}.no-go{color:var(--no)}.unknown{color:var(--ask)}
td p{margin:0 0 .25rem}
.small{font-size:.85em}
.rehearsal{border:2px solid var(--no);padding:.5rem .75rem;font-weight:700}
details summary{cursor:pointer}
code{font-size:.9em;overflow-wrap:anywhere}
@media (max-width:40rem){table,thead,tbody,tr,th,td{display:block}thead{display:none}tr{border-bottom:2px solid var(--line);padding:.4rem 0}td{border:0;padding:.1rem 0}}
.paper{display:none}
@media print{.paper{display:block}:root{color-scheme:light;--ink:#000;--paper:#fff;--line:#999;--soft:#eee;--go:#000;--no:#000;--ask:#000}
body{max-width:none;padding:0;font-size:9.5pt}thead{display:table-header-group}tr{break-inside:avoid}details{display:none}@page{margin:14mm}}
`.trim()

const className: Readonly<Record<GateState, string>> = { GO: "go", "NO-GO": "no-go", UNKNOWN: "unknown", SEEN: "seen" }

const rowHtml = (row: VerdictRow, verdict: GateVerdict, language: Language): string => {
  const details = detailsOf(row, verdict, language).map(escaped).join(" · ")
  const clears = row.clears === undefined ? "" : `${words.clears[language]}: ${row.clears[language]}`
  const digests = row.evidence.map((one) => `<code>${escaped(one)}</code>`).join("<br>")
  const evidence =
    digests === "" ? "" : `<details class="small"><summary>${words.evidence[language]}</summary>${digests}</details>`
  const short = evidenceText(row, language)
  return [
    `<tr><td>${escaped(row.row)}</td>`,
    `<td class="state ${className[row.state]}">${stateMark[row.state]} ${escaped(stateText(row, language))}</td>`,
    `<td><p>${marked(row.text[language])}</p><p class="small">${marked(row.said[language])}</p>`,
    details === "" ? "" : `<p class="small">${details}</p>`,
    clears === "" ? "" : `<p><strong>${marked(clears)}</strong></p>`,
    short === "" ? "" : `<p class="small paper">${escaped(short)}</p>`,
    `${evidence}</td></tr>`
  ].join("")
}

/** Renders a verdict as one page that needs nothing else: no script, no other file, no address. It prints well. */
export const renderHtml = (verdict: GateVerdict, language: Language): string => {
  const title = `${words.title[language]}: ${verdict.state}`
  const titles = [words.item, words.state, words.text].map((one) => `<th scope="col">${one[language]}</th>`).join("")
  const head = headOf(verdict, language).map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
  return [
    "<!doctype html>",
    `<html lang="${language === "pt" ? "pt-BR" : "en"}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${style}</style></head><body>`,
    `<h1 class="${className[verdict.state]}">${escaped(title)}</h1>`,
    verdict.rehearsal ? `<p class="rehearsal">${words.rehearsal[language]}</p>` : "",
    `<dl>${head.join("")}<dt>${words.rows[language]}</dt><dd>${countsText(verdict)}</dd></dl>`,
    `<table><colgroup><col class="item"><col class="state"><col></colgroup><thead><tr>${titles}</tr></thead><tbody>`,
    ...verdict.rows.map((row) => rowHtml(row, verdict, language)),
    "</tbody></table></body></html>",
    ""
  ].join("\n")
}
