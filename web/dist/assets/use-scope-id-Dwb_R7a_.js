import{X as o}from"./settings-CoUFj_RA.js";const t=()=>{var e;const{scopeId:n}=((e=o())==null?void 0:e.vnode)||{};return n?{[n]:""}:null};export{t as u};
