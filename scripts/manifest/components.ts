/** A module of the bundle. `digest` is that of its code; `imports` names the modules that it imports, lazily or not. */
export interface GraphModule {
  readonly name: string
  readonly digest: string
  readonly imports: ReadonlyArray<string>
}

/** The modules of the bundle by name, and those that it begins with. */
export interface ModuleGraph {
  readonly modules: ReadonlyMap<string, GraphModule>
  readonly entries: ReadonlyArray<string>
}

/** Returns the modules that are reached from `roots`. Does not enter a module that `stop` names. */
const reached = (graph: ModuleGraph, roots: ReadonlyArray<string>, stop: (name: string) => boolean) => {
  const found = new Set<string>()
  const open = [...roots]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const one = graph.modules.get(name)
    if (one === undefined || found.has(name) || stop(name)) continue
    found.add(name)
    open.push(...one.imports)
  }
  return found
}

const isStorage = (name: string) => name.startsWith("layers/redis/")
const isSimulator = (name: string) => /^plugins\/[^/]+\/simulator\//.test(name)
const connectorFolder = (name: string) => /^plugins\/([^/]+)\//.exec(name)?.[1]

/** Returns the built-in connectors: each folder of `plugins` whose `index.ts` is imported by a module outside of `plugins`. */
const connectorsIn = ({ modules }: ModuleGraph): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const { name, imports } of modules.values()) {
    if (name.startsWith("plugins/")) continue
    for (const target of imports) {
      const id = connectorFolder(target)
      if (id !== undefined && target === `plugins/${id}/index.ts`) found.add(id)
    }
  }
  return [...found].toSorted()
}

/**
 * Returns the modules of each component. `connector:<id>` is the import closure of the plugin without its simulator, which the
 * lab alone loads. `storage` is `layers/redis` and what it alone imports. `core` is everything that is reached without a
 * connector and without `layers/redis`, and the simulators. A module may be in several components, and is in one at least.
 */
export const componentModules = (graph: ModuleGraph): ReadonlyMap<string, ReadonlySet<string>> => {
  const connectors = connectorsIn(graph)
  const isConnector = (name: string) => connectors.includes(connectorFolder(name) ?? "")
  const names = [...graph.modules.keys()]
  const core = reached(graph, graph.entries, (name) => isStorage(name) || isConnector(name))
  const closures = connectors.map((id) => reached(graph, [`plugins/${id}/index.ts`], isSimulator))
  const elsewhere = new Set([...core, ...closures.flatMap((closure) => [...closure])])
  const below = reached(graph, names.filter(isStorage), () => false)
  const storage = new Set([...below].filter((name) => isStorage(name) || !elsewhere.has(name)))
  for (const name of names) if (!elsewhere.has(name) && !storage.has(name)) core.add(name)
  return new Map([
    ["core", core],
    ["storage", storage],
    ...connectors.map((id, at) => [`connector:${id}`, closures[at] ?? new Set<string>()] as const)
  ])
}
