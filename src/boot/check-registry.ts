/**
 * Lists every check of the boot, in the order of the report, with the checks that must pass before it. A check that waits for
 * another one is reported as `blocked`. A name in angle brackets is a placeholder for one of the operator's names. The
 * problem and the remedy are with the finding, since both depend on the cause.
 */
export const checkRegistry = {
  config: [],
  environment: ["config"],
  readiness: ["config"],
  "server.management": ["config"],
  "readiness.recorder": ["config"],
  "config:runtime.pull": ["config"],
  "config:telemetry": ["config"],
  "config:connectors.<id>.from": ["config"],
  implementations: ["config"],
  "connector:<id>": ["config"],
  "secret:<name>": ["config"],
  "runtime.push": ["secret:<name>"],
  "runtime.reachable": ["runtime.push"],
  "genuine:<id>": ["connector:<id>"],
  process: [],
  "leak:environment": ["secret:<name>"],
  "leak:dotenv": ["secret:<name>"],
  "leak:output": [],
  "release.files": [],
  "release.node": [],
  "store.authority": ["config"],
  "store.reachable": ["secret:<name>", "store.authority"],
  "store.commands": ["store.reachable"],
  "store.version": ["store.reachable"],
  "store.primary": ["store.reachable"],
  "store.eviction": ["store.reachable"],
  "store.durability": ["store.reachable"],
  "store.replicas": ["store.reachable"],
  "store.clock": ["store.reachable"],
  "store.epoch": ["store.reachable"],
  "store.consistent": ["store.reachable"],
  "store.memory": ["store.reachable"],
  "store.stamp": ["store.reachable"],
  "store.pepper": ["store.reachable", "store.stamp"],
  "store.writable": ["store.reachable"],
  "store.retention": ["config"],
  "store.keys": ["store.stamp"],
  "provider:<connector>": ["secret:<name>"],
  "provider:<connector>/<account>": ["secret:<name>"],
  "simulator:<id>": ["config"],
  "server.management.port": ["config"],
  "server.port": ["config"]
} as const satisfies Readonly<Record<string, ReadonlyArray<string>>>

type Registered = keyof typeof checkRegistry

type Named<Name extends string> = Name extends `${infer Before}<${string}>${infer After}`
  ? `${Before}${string}${Named<After>}`
  : Name

/** Name of a registered check, with the operator's names filled in. */
export type CheckName = Named<Registered>

export const checkNames: ReadonlyArray<string> = Object.keys(checkRegistry)

type Plain = Extract<Registered, CheckName>

const isPlain = (name: string): name is Plain => name in checkRegistry && !name.includes("<")

/** Returns the checks that cannot be made while another one fails. */
export const checksBehind = (needed: Registered): ReadonlyArray<CheckName> =>
  Object.entries<ReadonlyArray<string>>(checkRegistry).flatMap(([name, needs]) =>
    needs.includes(needed) && isPlain(name) ? [name] : []
  )
