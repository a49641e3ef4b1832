import{as as o}from"./vault-BevhcSkf.js";const s=()=>{var e;const{scopeId:n}=((e=o())==null?void 0:e.vnode)||{};return n?{[n]:""}:null};export{s as u};
