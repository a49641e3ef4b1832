import{a6 as t,al as s}from"./vault-Dp9OI-ac.js";function o(n){const e=s();e&&t(e.proxy,n)}export{o as u};
