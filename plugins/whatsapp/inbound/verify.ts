export { verify } from "../../meta/signature.ts"
