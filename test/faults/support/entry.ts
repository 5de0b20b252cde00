import { parts } from "../../../src/app/main-layers.ts"
import { obedient } from "./obedient.ts"
import { steppedParts } from "./stepped-parts.ts"

// The program as it is shipped, whose services a test can stop at any step. Started by replica.ts.

const shipped = parts(false)
obedient({ ...shipped, gateway: steppedParts(shipped.gateway) })
