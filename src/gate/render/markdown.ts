import type { GateVerdict } from "../verdict.ts"
import type { Language } from "../words.ts"
import { countsText, detailsOf, evidenceText, headOf, stateText, words } from "./words.ts"

const cell = (text: string) =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll(/\s*\n\s*/g, " ")

const line = (cells: ReadonlyArray<string>) => `| ${cells.map(cell).join(" | ")} |`

/** Renders a verdict as Markdown: its head as a list, its rows as one table. */
export const renderMarkdown = (verdict: GateVerdict, language: Language): string => {
  const titles = [words.item, words.state, words.text, words.found, words.clears].map((one) => one[language])
  const rows = verdict.rows.map((row) => {
    const evidence = evidenceText(row, language)
    const details = [...detailsOf(row, verdict, language), ...(evidence === "" ? [] : [evidence])]
    const found = [row.said[language], ...details].join("; ")
    return line([row.row, stateText(row, language), row.text[language], found, row.clears?.[language] ?? ""])
  })
  return [
    `# ${words.title[language]}: ${verdict.state}`,
    "",
    ...headOf(verdict, language).map(([name, value]) => `- ${name}: \`${value}\``),
    `- ${words.rows[language]}: ${countsText(verdict)}`,
    ...(verdict.rehearsal ? ["", `**${words.rehearsal[language]}**`] : []),
    "",
    line(titles),
    `|${titles.map(() => "---").join("|")}|`,
    ...rows,
    ""
  ].join("\n")
}
