import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { filesUnder, root } from "./imports.ts"

/** One page: its path from the root and its text. */
export interface Page {
  readonly path: string
  readonly text: string
}

export const page = (path: string): Page => ({ path, text: readFileSync(join(root, path), "utf8") })

export const pages = (): ReadonlyArray<Page> =>
  filesUnder(root)
    .filter((path) => path.endsWith(".md"))
    .map((path) => page(relative(root, path).replaceAll("\\", "/")))

const fence = /^( *)```(\S*)\n([\s\S]*?)\n\1```$/gm

const unfenced = (text: string) => text.replaceAll(fence, "")

/** The code blocks in one language, without the indentation of the list that they stand in. */
export const blocksOf = ({ text }: Page, language: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(fence)).flatMap(([, indent = "", name, code = ""]) =>
    name === language ? [code.replaceAll(new RegExp(`^${indent}`, "gm"), "")] : []
  )

/** The lines below a heading, down to the next of its level or above. */
export const sectionOf = ({ path, text }: Page, heading: string): Page => {
  const lines = text.split("\n")
  const from = lines.indexOf(heading)
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const below = from === -1 ? [] : lines.slice(from + 1)
  const next = below.findIndex((line) => (/^#+(?= )/.exec(line)?.[0].length ?? Infinity) <= level)
  return { path: `${path} ${heading}`, text: below.slice(0, next === -1 ? undefined : next).join("\n") }
}

export const headingsOf = ({ text }: Page): ReadonlyArray<string> =>
  unfenced(text)
    .split("\n")
    .filter((line) => /^#+ /.test(line))

/** The cells of every row of every table, heads aside. */
export const rowsOf = ({ text }: Page): ReadonlyArray<ReadonlyArray<string>> => {
  const lines = unfenced(text).split("\n")
  return lines.flatMap((line, index) =>
    line.startsWith("|") && !line.startsWith("|--") && !(lines[index + 1] ?? "").startsWith("|--")
      ? [
          line
            .slice(1, -1)
            .split("|")
            .map((cell) => cell.trim())
        ]
      : []
  )
}

/** What stands in backticks. */
export const words = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/`([^`\n]+)`/g), ([, word = ""]) => word)

/** What stands in backticks in the first cell of each row. */
export const namedIn = (part: Page): ReadonlyArray<string> => rowsOf(part).flatMap(([first = ""]) => words(first))

const anchorOf = (heading: string) =>
  heading
    .replace(/^#+ /, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")

const link = /\]\(([^)\s]+)\)/g

/** Relative links that lead nowhere: to no file, or to no heading of it. */
export const brokenLinksOf = (from: Page): ReadonlyArray<string> =>
  Array.from(unfenced(from.text).matchAll(link)).flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = "", anchor] = target.split("#")
    const path = file === "" ? from.path : join(dirname(from.path), file)
    const here = join(root, path)
    if (!existsSync(here)) return [`${from.path} -> ${target}`]
    if (anchor === undefined || statSync(here).isDirectory()) return []
    return headingsOf(page(path)).some((heading) => anchorOf(heading) === anchor) ? [] : [`${from.path} -> ${target}`]
  })
