#include "report/html_parts.h"

namespace culprit::html {

namespace {

// Comforts only: theme switch, copy buttons, chart read-outs, opening what a link points at. Keeps nothing.
constexpr std::string_view kScript = R"js(
(function () {
  'use strict';
  var root = document.documentElement;
  var each = function (selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); };

  each('.theme', function (button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      var dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
    });
  });

  function copyText(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    return Promise.reject(new Error('no clipboard'));
  }
  each('.copy', function (button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      var code = button.parentNode.querySelector('code');
      var say = function (word) {
        button.textContent = word;
        setTimeout(function () { button.textContent = 'Copy'; }, 1500);
      };
      copyText(code.textContent).then(function () { say('Copied'); }, function () {
        getSelection().selectAllChildren(code);
        say('Selected');
      });
    });
  });

  each('.plot', function (plot) {
    var xs = plot.dataset.x.split(',').map(Number);
    var ys = plot.dataset.y.split(',').map(Number);
    var texts = plot.dataset.t.split('|');
    var reading = plot.parentNode.querySelector('.reading');
    var still = Array.prototype.slice.call(reading.childNodes);
    var line = plot.querySelector('.cursor line');
    var dot = plot.querySelector('.cursor circle');
    var at = -1;
    function show(index) {
      at = Math.max(0, Math.min(xs.length - 1, index));
      line.setAttribute('x1', xs[at]);
      line.setAttribute('x2', xs[at]);
      dot.setAttribute('cx', xs[at]);
      dot.setAttribute('cy', ys[at]);
      plot.classList.add('on');
      reading.textContent = texts[at];
    }
    function leave() {
      at = -1;
      plot.classList.remove('on');
      reading.replaceChildren.apply(reading, still);
    }
    plot.addEventListener('pointermove', function (event) {
      var box = plot.getBoundingClientRect();
      var x = (event.clientX - box.left) / box.width * plot.viewBox.baseVal.width;
      var best = 0;
      for (var i = 1; i < xs.length; i++) if (Math.abs(xs[i] - x) < Math.abs(xs[best] - x)) best = i;
      show(best);
    });
    plot.addEventListener('pointerleave', leave);
    plot.addEventListener('blur', leave);
    plot.addEventListener('keydown', function (event) {
      var step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      show(at < 0 ? (step > 0 ? 0 : xs.length - 1) : at + step);
    });
  });

  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var details = target && target.closest('details');
    if (details && !details.open) {
      details.open = true;
      target.scrollIntoView();
    }
  }
  addEventListener('hashchange', reveal);
  reveal();
  each('.menu a', function (link) {
    link.addEventListener('click', function () { link.closest('details').open = false; });
  });

  if ('IntersectionObserver' in window) {
    var links = {};
    each('.toc a', function (link) { links[link.getAttribute('href').slice(1)] = link; });
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting || !links[entry.target.id]) return;
        each('.toc a[aria-current]', function (link) { link.removeAttribute('aria-current'); });
        links[entry.target.id].setAttribute('aria-current', 'true');
      });
    }, { rootMargin: '-15% 0px -75% 0px' });
    each('main section', function (section) { watch.observe(section); });
  }
})();
)js";

}  // namespace

std::string_view script() { return kScript.substr(1); }

}  // namespace culprit::html
