import { freshStore } from "../../support/fresh-store.ts"
import { redisContracts } from "./contracts.ts"

redisContracts("Redis", freshStore)
