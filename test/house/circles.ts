import type { Import } from "./imports.ts"

/** Returns the files of each import circle, sorted. Type imports count as well. */
export const circlesIn = (imports: ReadonlyArray<Import>): ReadonlyArray<ReadonlyArray<string>> => {
  const targets = Map.groupBy(imports, ({ from }) => from)
  const next = (path: string) => (targets.get(path) ?? []).map(({ target }) => target)
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: Array<string> = []
  const circles: Array<ReadonlyArray<string>> = []

  /** Tarjan's algorithm: a circle is a strongly connected component. */
  const visit = (path: string): number => {
    const at = order.size
    order.set(path, at)
    lowest.set(path, at)
    open.push(path)
    for (const target of next(path)) {
      const known = order.get(target)
      const reached = known === undefined ? visit(target) : open.includes(target) ? known : at
      lowest.set(path, Math.min(lowest.get(path) ?? at, reached))
    }
    const low = lowest.get(path) ?? at
    if (low === at) {
      const circle = open.splice(open.indexOf(path))
      if (circle.length > 1 || next(path).includes(path)) circles.push(circle.toSorted())
    }
    return low
  }

  for (const path of targets.keys()) if (!order.has(path)) visit(path)
  return circles
}
