import{a5 as s,as as t}from"./vault-BevhcSkf.js";function o(n){const e=t();e&&s(e.proxy,n)}export{o as u};
