import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative, sep } from "node:path"

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? [] : [relative(folder, join(one.parentPath, one.name)).split(sep).join("/")]
  )

/** Characters that are shown around the first difference. */
const shown = 60

const around = (bytes: Buffer, at: number) =>
  JSON.stringify(bytes.subarray(Math.max(0, at - 20), at + shown).toString("utf8"))

const inFile = (left: string, right: string): ReadonlyArray<string> => {
  const [one, other] = [readFileSync(left), readFileSync(right)]
  const [mode, otherMode] = [left, right].map((path) => (statSync(path).mode & 0o777).toString(8))
  const modes = mode === otherMode ? [] : [`mode ${mode}, and ${otherMode}`]
  if (one.equals(other)) return modes
  const length = Math.min(one.length, other.length)
  let at = 0
  while (at < length && one[at] === other[at]) at++
  return [...modes, `byte ${at} of ${one.length}: ${around(one, at)}, and of ${other.length}: ${around(other, at)}`]
}

/** Lists every difference between two folders, file by file: names, modes, and the first byte that differs. */
export const treeDifferences = (left: string, right: string): ReadonlyArray<string> => {
  const [ours, theirs] = [new Set(filesIn(left)), new Set(filesIn(right))]
  return [...new Set([...ours, ...theirs])].toSorted().flatMap((path) => {
    if (!theirs.has(path)) return [`${path}: only the first has it`]
    if (!ours.has(path)) return [`${path}: only the second has it`]
    return inFile(join(left, path), join(right, path)).map((difference) => `${path}: ${difference}`)
  })
}
