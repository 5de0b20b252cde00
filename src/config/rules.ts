import type { Environment } from "./config.ts"
import type { Breach } from "./mistakes.ts"
import { keysWithin, secretsInNames } from "./secret-refs.ts"
import { defaultPort } from "./values.ts"

type Written = (...path: ReadonlyArray<string>) => unknown

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

const inLocal = (written: Written): ReadonlyArray<Breach> =>
  [
    ["server", "host"],
    ["server", "management", "host"]
  ].flatMap((path) => {
    const host = written(...path)
    return typeof host === "string" && !loopback.test(host)
      ? [{ path, message: "expected a loopback address: local never listens to the network" }]
      : []
  })

const ofServer = (written: Written): ReadonlyArray<Breach> =>
  written("server", "management", "port") === (written("server", "port") ?? defaultPort)
    ? [
        {
          path: ["server", "management", "port"],
          message:
            "expected another port than server.port, which PORT replaces: leave server.management out to share it"
        }
      ]
    : []

/** Returns true for a URL of this machine, in one of the three spellings that never lead to another one. */
const isOnThisMachine = ({ hostname }: URL) => ["127.0.0.1", "[::1]", "localhost"].includes(hostname)

/**
 * Returns the way to the runtime: TLS of the gateway itself, plain HTTP on this machine, through a mesh, or elsewhere (`local`).
 * It is one word, so that the boot report shows it and two deployments can be compared.
 */
export const runtimeTransport = ({ url, transport }: { readonly url: string; readonly transport?: "mesh" }) => {
  const parsed = URL.parse(url)
  if (parsed?.protocol === "https:") return "tls"
  if (parsed !== null && isOnThisMachine(parsed)) return "loopback"
  return transport ?? "plain"
}

const ofRuntime = (environment: Environment, written: Written): ReadonlyArray<Breach> => {
  const url = written("runtime", "push", "url")
  const isMesh = written("runtime", "push", "transport") === "mesh"
  if (typeof url !== "string" || URL.parse(url) === null) return []
  const way = runtimeTransport({ url, ...(isMesh ? { transport: "mesh" as const } : {}) })
  return [
    ...(way === "plain" && environment !== "local"
      ? [
          {
            path: ["runtime", "push", "url"],
            message: `expected an https url, since this is ${environment}; http only to 127.0.0.1, [::1] or localhost, or with runtime.push.transport: mesh where a service mesh encrypts it`
          }
        ]
      : []),
    ...(isMesh && way !== "mesh"
      ? [
          {
            path: ["runtime", "push", "transport"],
            message:
              "expected only with an http url of another machine: delete it, since no mesh is needed for this url"
          }
        ]
      : []),
    ...(way !== "tls" && written("runtime", "push", "caFile") !== undefined
      ? [{ path: ["runtime", "push", "caFile"], message: "expected only with an https url: delete it, or use https" }]
      : [])
  ]
}

const isSecure = (url: unknown) => typeof url === "string" && url.startsWith("rediss:")

const ofStore = (written: Written): ReadonlyArray<Breach> => {
  const nodes = written("store", "cluster", "nodes")
  const cluster: ReadonlyArray<unknown> = Array.isArray(nodes) ? nodes : []
  const secure = [written("store", "url"), ...cluster].some(isSecure) || written("store", "sentinel", "tls") === true
  return [
    ...(cluster.some(isSecure) && !cluster.every(isSecure)
      ? [{ path: ["store", "cluster", "nodes"], message: "expected rediss:// for all of them, or for none" }]
      : []),
    ...(written("store", "caFile") !== undefined && !secure
      ? [
          {
            path: ["store", "caFile"],
            message: "expected only where the store speaks TLS: rediss:// in its urls, or sentinel.tls: true"
          }
        ]
      : [])
  ]
}

const required = (environment: Environment, written: Written, store: boolean): ReadonlyArray<Breach> =>
  [
    ["store"],
    ["secrets"],
    ["runtime"],
    ["connectors"],
    ...(store
      ? [
          ["store", "sealingKey"],
          ["store", "pepper"]
        ]
      : [])
  ]
    .filter((path) => written(...path) === undefined)
    .map((path) => ({ path, message: `expected, but not there: ${environment} requires it` }))

const outsideLocal = (environment: Environment, written: Written): ReadonlyArray<Breach> => {
  const store = written("store")
  const failsOver = written("store", "sentinel") !== undefined || written("store", "cluster") !== undefined
  return [
    ...required(environment, written, typeof store === "object"),
    ...(store === "memory"
      ? [{ path: ["store"], message: `expected a store that lasts: memory is for local, this is ${environment}` }]
      : []),
    ...(failsOver && written("store", "replicas") === undefined
      ? [
          {
            path: ["store", "replicas"],
            message: "expected, but not there: a store that fails over needs their number"
          }
        ]
      : [])
  ]
}

const onlyIn = (environment: Environment, path: ReadonlyArray<string>, allowed: Environment, why: string) =>
  environment === allowed ? [] : [{ path, message: `expected only in ${allowed}, and this is ${environment}: ${why}` }]

const ofReadiness = (environment: Environment, written: Written): ReadonlyArray<Breach> => {
  if (written("readiness") === undefined) return []
  if (environment === "local") {
    return [
      { path: ["readiness"], message: "expected only in staging and production: local proves nothing; delete it" }
    ]
  }
  const isSet = (key: string) => written("readiness", key) !== undefined
  return [
    ...(isSet("recorder")
      ? onlyIn(environment, ["readiness", "recorder"], "staging", "only staging records evidence; delete it")
      : []),
    ...(isSet("certificate")
      ? onlyIn(environment, ["readiness", "certificate"], "production", "only production starts with one; delete it")
      : [])
  ]
}

const ofPeople = (environment: Environment, written: Written): ReadonlyArray<Breach> => {
  if (written("staging") === undefined) return []
  if (environment !== "staging")
    return onlyIn(environment, ["staging"], "staging", "only staging has test people; delete it")
  const connectors = keysWithin(written("connectors"))
  return keysWithin(written("staging", "people")).flatMap((id) =>
    connectors.includes(id)
      ? []
      : [
          {
            path: ["staging", "people", id],
            message: `expected the name of a connector of this file: ${connectors.join(", ") || "it has none"}`
          }
        ]
  )
}

/** Returns the keys of an earlier release that this one refuses. Their messages replace that of an unknown key. */
export const removedKeys = (written: Written): ReadonlyArray<Breach> =>
  [
    {
      path: ["server", "trustedProxies"],
      message: "this key is gone and never had an effect: the gateway uses no client address; delete it"
    },
    {
      path: ["readiness", "publicKey"],
      message: "this key is gone: readiness.trust names a file that has this key, its role and its dates"
    }
  ].filter(({ path }) => written(...path) !== undefined)

/** Returns the rules that the file as a whole breaks in one environment. `written` returns the raw value at a path. */
export const breaches = (environment: Environment, written: Written): ReadonlyArray<Breach> => [
  ...(environment === "local" ? inLocal(written) : outsideLocal(environment, written)),
  ...ofServer(written),
  ...ofStore(written),
  ...ofRuntime(environment, written),
  ...ofReadiness(environment, written),
  ...ofPeople(environment, written),
  ...secretsInNames(written)
]
