export { handshake } from "../../meta/handshake.ts"
