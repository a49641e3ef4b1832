import{w as r,l as i}from"./settings-CoUFj_RA.js";function u(a){const t=i(!1);return r(a,e=>{e&&(t.value=e)},{immediate:!0}),e=>()=>t.value?e():null}export{u};
