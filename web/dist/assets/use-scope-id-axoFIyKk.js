import{J as o}from"./settings-CCIKPsp3.js";const t=()=>{var e;const{scopeId:n}=((e=o())==null?void 0:e.vnode)||{};return n?{[n]:""}:null};export{t as u};
