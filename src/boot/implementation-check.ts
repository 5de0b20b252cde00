import type { Config } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

const nameOfStore = ({ store }: Config) => {
  switch (store.at._tag) {
    case "Memory":
      return "memory"
    case "Server":
      return "redis"
    case "Sentinel":
      return "redis, sentinel"
    case "Cluster":
      return "redis, cluster"
  }
}

/** Reports the implementation of each service. Fails when one of `local` is used outside it (I5). */
export const implementationCheck = (config: Config, secretStore: string): BootCheck => {
  const used = {
    store: nameOfStore(config),
    secrets: secretStore,
    runtime: config.runtime?._tag.toLowerCase() ?? "none",
    durability: config.store.durability
  }
  const said = Object.entries(used)
    .map(([service, name]) => `${service}: ${name}`)
    .join("; ")
  const local = Object.values(used).filter((name) => name === "memory" || name === "local")
  return config.environment !== "local" && local.length > 0
    ? failed("implementations", said, "outside local nothing may be kept in memory")
    : { ...ok("implementations"), problem: said }
}
