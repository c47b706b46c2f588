// The package's front: everything but the registration of the element, so that importing it does nothing.

export { type Env, browser } from "./env.js";
export { SaomaLoginElement, type SaomaLoginEvents } from "./element.js";
export { type Hooks, isSettled } from "./follow.js";
export { Keeper, type Kept } from "./keep.js";
export type { Tokens } from "./modes.js";
export { challengeOf, randomValue } from "./pkce.js";
export { type ProblemCode, SaomaError } from "./problem.js";
export { type RunEnd, type RunOptions, runLogin } from "./run.js";
export { type Holder, Saoma } from "./saoma.js";
export type { Challenge, ClientView, Completion, LoginView, OfferedProvider, Stage, TokenReply, UserInfoView } from "./generated/login/index.js";
