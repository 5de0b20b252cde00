import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { type Json, type JsonObject, isJsonObject } from "../../src/domain/json.ts"
import { listOf } from "./read-json.ts"

/** Percent of what is allowed from which on we hold still rather than be refused. */
export const nearlyExhausted = 95
/** Seconds to hold still where the provider does not say how long. Its limits are those of a rolling hour (META 7). */
export const holdStill = 60

const parsed = (header: string | undefined): JsonObject => {
  try {
    const value: Json = JSON.parse(header ?? "{}")
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

const percents = ["call_count", "total_cputime", "total_time"] as const

const numberOf = (use: JsonObject, name: string): number => {
  const value = use[name]
  return typeof value === "number" && Number.isFinite(value) ? value : 0
}

const secondsOf = (use: JsonObject): number => {
  const regain = numberOf(use, "estimated_time_to_regain_access") * 60
  if (regain > 0) return regain
  return percents.some((name) => numberOf(use, name) >= nearlyExhausted) ? holdStill : 0
}

/**
 * Seconds for which the account should hold still, as `X-App-Usage` and `X-Business-Use-Case-Usage` of any answer say; 0
 * where they say nothing of the kind (META 7).
 */
export const usage = ({ headers }: Pick<ProviderAnswer, "headers">): number => {
  const app = headers["x-app-usage"]
  const business = headers["x-business-use-case-usage"]
  if (app === undefined && business === undefined) return 0
  const uses = [
    parsed(app),
    ...Object.values(parsed(business)).flatMap((one) => (listOf(one) ?? []).filter(isJsonObject))
  ]
  return Math.max(...uses.map(secondsOf))
}
