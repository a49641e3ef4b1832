import{w as a,r as i}from"./vault-DFLpStq6.js";function u(t){const r=i(!1);return a(t,e=>{e&&(r.value=e)},{immediate:!0}),e=>()=>r.value?e():null}export{u};
