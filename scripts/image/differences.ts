import { sha256 } from "../sha256.ts"
import type { Image, Layer } from "./layout.ts"
import type { Entry } from "./tar.ts"

const described = ({ type, mode, owner, time, link, extended, content }: Entry): Readonly<Record<string, string>> => ({
  type,
  mode: mode.toString(8),
  owner,
  time,
  link,
  ...extended,
  content: `${content.length} bytes, ${sha256(content)}`
})

const fieldsThatDiffer = (left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>) =>
  [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) =>
    left[name] === right[name] ? [] : [`${name}: ${left[name] ?? "absent"} and ${right[name] ?? "absent"}`]
  )

const byPath = (layer: Layer) => new Map(layer.entries().map((entry) => [entry.path, entry] as const))

const inLayer = (index: number, left: Layer | undefined, right: Layer | undefined): ReadonlyArray<string> => {
  if (left === undefined || right === undefined) return [`layer ${index}: only one image has it`]
  if (left.digest === right.digest) return []
  const [ours, theirs] = [byPath(left), byPath(right)]
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])]
  const lines = paths.flatMap((path) => {
    const [one, other] = [ours.get(path), theirs.get(path)]
    if (one === undefined || other === undefined) return [`${path}: only the ${one ? "first" : "second"} image has it`]
    return fieldsThatDiffer(described(one), described(other)).map((field) => `${path}: ${field}`)
  })
  const rest = `layer ${index}: equal files, but another order or compression`
  return lines.length === 0 ? [rest] : lines.map((line) => `layer ${index}: ${line}`)
}

const inText = (name: string, left: string, right: string): ReadonlyArray<string> =>
  left === right ? [] : [`${name}:\n  first:  ${left}\n  second: ${right}`]

/** Lists everything in which two images differ, file by file. Returns an empty list when their manifests are equal. */
export const differences = (left: Image, right: Image): ReadonlyArray<string> => {
  if (left.digest === right.digest) return []
  const count = Math.max(left.layers.length, right.layers.length)
  return [
    ...Array.from({ length: count }, (_, index) => inLayer(index, left.layers[index], right.layers[index])).flat(),
    ...inText("configuration", left.configText, right.configText),
    ...inText("manifest", left.manifestText, right.manifestText)
  ]
}
