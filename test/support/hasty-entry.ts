import process from "node:process"
import * as Breaker from "../../src/inbound/deliver/circuit-breaker.ts"
import { parts, run } from "../../src/app/main-layers.ts"
import { hasty } from "./hasty.ts"

const shipped = parts(false)
run({ ...shipped, gateway: { ...shipped.gateway, breaker: Breaker.layer(hasty) } }, process.argv.slice(2))
