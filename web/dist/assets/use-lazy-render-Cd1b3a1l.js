import{D as a,r as i}from"./vault-BevhcSkf.js";function u(t){const r=i(!1);return a(t,e=>{e&&(r.value=e)},{immediate:!0}),e=>()=>r.value?e():null}export{u};
