import type { Environment } from "./config.ts"
import type { Breach } from "./mistakes.ts"
import { secretsInNames } from "./secret-refs.ts"

type Written = (...path: ReadonlyArray<string>) => unknown

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

const inLocal = (written: Written): ReadonlyArray<Breach> => {
  const host = written("server", "host")
  return typeof host === "string" && !loopback.test(host)
    ? [{ path: ["server", "host"], message: "expected a loopback address: local never listens to the network" }]
    : []
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
  const push = written("runtime", "push", "url")
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
      : []),
    ...(typeof push === "string" && URL.parse(push)?.protocol === "http:"
      ? [{ path: ["runtime", "push", "url"], message: `expected an https url: this is ${environment}` }]
      : [])
  ]
}

/** Returns the rules that the file as a whole breaks in one environment. `written` returns the raw value at a path. */
export const breaches = (environment: Environment, written: Written): ReadonlyArray<Breach> => [
  ...(environment === "local" ? inLocal(written) : outsideLocal(environment, written)),
  ...ofStore(written),
  ...secretsInNames(written)
]
