import{as as o}from"./vault-CEYpEU2J.js";const s=()=>{var e;const{scopeId:n}=((e=o())==null?void 0:e.vnode)||{};return n?{[n]:""}:null};export{s as u};
