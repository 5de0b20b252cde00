import type { GateVerdict, VerdictRow } from "../verdict.ts"
import type { Language } from "../words.ts"
import { countsText, detailsOf, evidenceText, headOf, stateMark, stateText, words } from "./words.ts"

/** Narrowest table. */
const leastWidth = 40

/** Breaks a text at spaces into lines of at most `width` characters. A longer word is cut. */
export const wrapText = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    let rest = word
    if (line !== "" && line.length + 1 + rest.length > width) {
      lines.push(line)
      line = ""
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width))
      rest = rest.slice(width)
    }
    line = line === "" ? rest : `${line} ${rest}`
  }
  return line === "" ? lines : [...lines, line]
}

const indented = (text: string, width: number, indent: string) =>
  wrapText(text, width - indent.length).map((line) => `${indent}${line}`)

const rowLines = (row: VerdictRow, verdict: GateVerdict, language: Language, width: number): ReadonlyArray<string> => {
  const head = wrapText(`${stateMark[row.state]} ${row.row} ${row.text[language]}`, width)
  const evidence = evidenceText(row, language)
  const details = [...detailsOf(row, verdict, language), ...(evidence === "" ? [] : [evidence])].join(", ")
  if (row.cause === undefined) return [...head, ...indented(details, width, "     ")]
  const clears = row.clears === undefined ? "" : `${words.clears[language]}: ${row.clears[language]}`
  return [
    ...head,
    ...indented(`${stateText(row, language)}: ${row.said[language]}`, width, "     "),
    ...indented(details, width, "     "),
    ...indented(clears, width, "     ")
  ]
}

/** Options of a rendering for a terminal. */
export interface TableOptions {
  readonly language: Language
  /** Most characters of a line. */
  readonly width: number
}

/** Renders a verdict for a terminal, without colour: each row says until when, and one that is not GO why and what clears it. */
export const renderTable = (verdict: GateVerdict, { language, width }: TableOptions): string => {
  const most = Math.max(leastWidth, width)
  return [
    ...headOf(verdict, language).flatMap(([name, value]) => wrapText(`${name}: ${value}`, most)),
    "",
    ...verdict.rows.flatMap((row) => rowLines(row, verdict, language, most)),
    "",
    `${verdict.state} (${countsText(verdict)})`,
    ...(verdict.rehearsal ? wrapText(words.rehearsal[language], most) : []),
    ""
  ].join("\n")
}
