import { relative, sep } from "node:path"
import type { Plugin } from "rolldown"
import { minifySync, transformSync } from "rolldown/utils"
import { sha256 } from "../sha256.ts"
import type { GraphModule, ModuleGraph } from "./components.ts"

/**
 * Returns the code of a module without types, comments and layout. Returns the source when it is no JavaScript or cannot be
 * printed again.
 */
export const bareCode = (name: string, source: string): string => {
  if (!/\.(c|m)?[jt]sx?$/.test(name)) return source
  const typeless = /\.(c|m)?tsx?$/.test(name) ? transformSync(name, source) : { code: source, errors: [] }
  if (typeless.errors.length > 0) return source
  const options = { compress: false, mangle: false, codegen: { legalComments: "none" as const } }
  const printed = minifySync(name.replace(/tsx?$/, "js"), typeless.code, options)
  return printed.errors.length > 0 ? source : printed.code
}

/** Returns the name of a module: its path from the root. A package has the same name wherever it is installed. */
export const moduleName = (root: string, id: string): string => {
  const path = relative(root, id).split(sep).join("/")
  const at = path.indexOf("node_modules/")
  return at === -1 ? path : path.slice(at)
}

/** Collects the module graph of one or several bundles. */
export const graphCollector = (root: string): { readonly plugin: Plugin; readonly graph: () => ModuleGraph } => {
  const modules = new Map<string, GraphModule>()
  const entries = new Set<string>()
  const isOwn = (id: string) => !id.startsWith("\0")
  return {
    plugin: {
      name: "module-graph",
      buildEnd(error) {
        if (error !== undefined) return
        for (const id of this.getModuleIds()) {
          const info = this.getModuleInfo(id)
          if (info === null || info.code === null || !isOwn(id)) continue
          const name = moduleName(root, id)
          const imports = [...info.importedIds, ...info.dynamicallyImportedIds].filter(isOwn)
          const names = imports.map((target) => moduleName(root, target))
          modules.set(name, {
            name,
            digest: sha256(bareCode(name, info.code)),
            imports: [...new Set(names)].toSorted()
          })
          if (info.isEntry) entries.add(name)
        }
      }
    },
    graph: () => ({ modules, entries: [...entries].toSorted() })
  }
}
